; 5e214820  sqxtn b0, h1
(=
  v0'
  (let ((?1 ((_ sign_extend 1) ((_ extract 15 0) v1))))
  ((_ zero_extend 120)
    (ite (bvslt #b00000000001111111 ?1) #x7f (ite (bvslt ?1 #b11111111110000000) #x80 ((_ extract 7 0) ?1))))))
(=
  fpsr'
  (let ((?1 ((_ sign_extend 1) ((_ extract 15 0) v1))))
  (ite (or (bvslt #b00000000001111111 ?1) (bvslt ?1 #b11111111110000000)) (bvor fpsr #x0000000008000000) fpsr)))
