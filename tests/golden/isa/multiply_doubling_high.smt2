; 5e62b420  sqdmulh h0, h1, h2
(=
  v0'
  (let ((?1 ((_ extract 15 0) v1)))
  (let ((?2 ((_ extract 15 0) v2)))
  ((_ zero_extend 112)
    (ite (and (= ?1 #x8000) (= ?2 #x8000)) #x7fff
    ((_ extract 30 15) (bvmul ((_ sign_extend 16) ?1) ((_ sign_extend 16) ?2))))))))
(=
  fpsr'
  (ite (and (= ((_ extract 15 0) v1) #x8000) (= ((_ extract 15 0) v2) #x8000)) (bvor fpsr #x0000000008000000) fpsr))
