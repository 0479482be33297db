; 9a020020  adc x0, x1, x2
(= x0' (bvadd (bvadd x1 x2) ((_ zero_extend 63) c)))

; fa020020  sbcs x0, x1, x2
(= x0' (bvadd (bvadd x1 (bvnot x2)) ((_ zero_extend 63) c)))
(= n' ((_ extract 63 63) (bvadd (bvadd x1 (bvnot x2)) ((_ zero_extend 63) c))))
(= z' (ite (= (bvadd (bvadd x1 (bvnot x2)) ((_ zero_extend 63) c)) #x0000000000000000) #b1 #b0))
(= c' ((_ extract 64 64) (bvadd (bvadd ((_ zero_extend 1) x1) ((_ zero_extend 1) (bvnot x2))) ((_ zero_extend 64) c))))
(=
  v'
  (let ((?1 (bvadd (bvadd ((_ sign_extend 1) x1) ((_ sign_extend 1) (bvnot x2))) ((_ zero_extend 64) c))))
  (bvxor ((_ extract 64 64) ?1) ((_ extract 63 63) ?1))))
