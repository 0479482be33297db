; 3a00082d  setf8 w1
(= n' ((_ extract 7 7) ((_ extract 31 0) x1)))
(= z' (ite (= ((_ extract 7 0) ((_ extract 31 0) x1)) #x00) #b1 #b0))
(= v' (let ((?1 ((_ extract 31 0) x1))) (bvxor ((_ extract 8 8) ?1) ((_ extract 7 7) ?1))))
