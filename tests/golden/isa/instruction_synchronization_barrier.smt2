; d50330df  isb #0
