; 1ee04020  fmov h0, h1
(= v0' ((_ zero_extend 112) ((_ extract 15 0) v1)))
