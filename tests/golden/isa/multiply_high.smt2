; 9b427c20  smulh x0, x1, x2
(= x0' ((_ extract 127 64) (bvmul ((_ sign_extend 64) x1) ((_ sign_extend 64) x2))))
