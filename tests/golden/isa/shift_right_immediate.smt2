; 5f7c0420  sshr d0, d1, #4
(= v0' ((_ zero_extend 64) (bvashr ((_ extract 63 0) v1) #x0000000000000004)))
