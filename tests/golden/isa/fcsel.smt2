; 1e620c20  fcsel d0, d1, d2, eq
(= v0' ((_ zero_extend 64) (ite (= z #b1) ((_ extract 63 0) v1) ((_ extract 63 0) v2))))
