; cae22020  eon x0, x1, x2, ror #8
(= x0' (bvxor x1 (bvnot ((_ rotate_right 8) x2))))

; 6a020020  ands w0, w1, w2
(= x0' ((_ zero_extend 32) (bvand ((_ extract 31 0) x1) ((_ extract 31 0) x2))))
(= n' ((_ extract 31 31) (bvand ((_ extract 31 0) x1) ((_ extract 31 0) x2))))
(= z' (ite (= (bvand ((_ extract 31 0) x1) ((_ extract 31 0) x2)) #x00000000) #b1 #b0))
(= c' #b0)
(= v' #b0)
