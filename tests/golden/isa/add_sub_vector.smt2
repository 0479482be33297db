; 5ee28420  add d0, d1, d2
(= v0' ((_ zero_extend 64) (bvadd ((_ extract 63 0) v1) ((_ extract 63 0) v2))))
