; 1e204020  fmov s0, s1
(= v0' ((_ zero_extend 96) ((_ extract 31 0) v1)))
