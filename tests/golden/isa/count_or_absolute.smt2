; dac02020  abs x0, x1
(= x0' (ite (= ((_ extract 63 63) x1) #b1) (bvneg x1) x1))
