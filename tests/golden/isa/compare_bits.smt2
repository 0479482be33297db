; 7ee28c20  cmeq d0, d1, d2
(= v0' ((_ zero_extend 64) (ite (= ((_ extract 63 0) v1) ((_ extract 63 0) v2)) #xffffffffffffffff #x0000000000000000)))
