; d503211f  pacia1716
