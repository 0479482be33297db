; 5ee08820  cmgt d0, d1, #0
(=
  v0'
  ((_ zero_extend 64) (ite (bvslt #x0000000000000000 ((_ extract 63 0) v1)) #xffffffffffffffff #x0000000000000000)))
