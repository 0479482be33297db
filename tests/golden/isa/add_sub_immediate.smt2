; 910013ff  add sp, sp, #4
(= sp' (bvadd sp #x0000000000000004))

; 31401020  adds w0, w1, #4, lsl #12
(= x0' ((_ zero_extend 32) (bvadd ((_ extract 31 0) x1) #x00004000)))
(= n' ((_ extract 31 31) (bvadd ((_ extract 31 0) x1) #x00004000)))
(= z' (ite (= (bvadd ((_ extract 31 0) x1) #x00004000) #x00000000) #b1 #b0))
(= c' ((_ extract 32 32) (bvadd ((_ zero_extend 1) ((_ extract 31 0) x1)) ((_ zero_extend 1) #x00004000))))
(=
  v'
  (let ((?1 (bvadd ((_ sign_extend 1) ((_ extract 31 0) x1)) ((_ sign_extend 1) #x00004000))))
  (bvxor ((_ extract 32 32) ?1) ((_ extract 31 31) ?1))))
