; 1eee1000  fmov h0, #1.00000000
(= v0' ((_ zero_extend 112) #x3c00))
