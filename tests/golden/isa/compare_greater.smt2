; 5ee23420  cmgt d0, d1, d2
(=
  v0'
  ((_ zero_extend 64) (ite (bvslt ((_ extract 63 0) v2) ((_ extract 63 0) v1)) #xffffffffffffffff #x0000000000000000)))
