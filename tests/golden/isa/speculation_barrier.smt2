; d50330ff  sb
