; 9b020c20  madd x0, x1, x2, x3
(= x0' (bvadd x3 (bvmul x1 x2)))

; 1b028c20  msub w0, w1, w2, w3
(= x0' ((_ zero_extend 32) (bvsub ((_ extract 31 0) x3) (bvmul ((_ extract 31 0) x1) ((_ extract 31 0) x2)))))
