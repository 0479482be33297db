; d503201f  nop
