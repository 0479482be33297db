; 8b021020  add x0, x1, x2, lsl #4
(= x0' (bvadd x1 (bvshl x2 #x0000000000000004)))

; 6b020020  subs w0, w1, w2
(= x0' ((_ zero_extend 32) (bvsub ((_ extract 31 0) x1) ((_ extract 31 0) x2))))
(= n' ((_ extract 31 31) (bvsub ((_ extract 31 0) x1) ((_ extract 31 0) x2))))
(= z' (ite (= (bvsub ((_ extract 31 0) x1) ((_ extract 31 0) x2)) #x00000000) #b1 #b0))
(= c' (ite (bvule ((_ extract 31 0) x2) ((_ extract 31 0) x1)) #b1 #b0))
(=
  v'
  (let ((?1 ((_ extract 31 0) x1)))
  (let ((?2 ((_ extract 31 0) x2))) (bvxor ((_ extract 31 31) (bvsub ?1 ?2)) (ite (bvslt ?1 ?2) #b1 #b0)))))
