; 9b220c20  smaddl x0, w1, w2, x3
(= x0' (bvadd x3 (bvmul ((_ sign_extend 32) ((_ extract 31 0) x1)) ((_ sign_extend 32) ((_ extract 31 0) x2)))))
