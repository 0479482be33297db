; 7e212820  sqxtun b0, h1
(=
  v0'
  (let ((?1 ((_ extract 15 0) v1)))
  ((_ zero_extend 120) (ite (bvslt #x00ff ?1) #xff (ite (bvslt ?1 #x0000) #x00 ((_ extract 7 0) v1))))))
(=
  fpsr'
  (let ((?1 ((_ extract 15 0) v1))) (ite (or (bvslt #x00ff ?1) (bvslt ?1 #x0000)) (bvor fpsr #x0000000008000000) fpsr)))
