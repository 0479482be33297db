; 5e220c20  sqadd b0, b1, b2
(=
  v0'
  (let ((?1 (bvadd ((_ sign_extend 2) ((_ extract 7 0) v1)) ((_ sign_extend 2) ((_ extract 7 0) v2)))))
  ((_ zero_extend 120) (ite (bvslt #b0001111111 ?1) #x7f (ite (bvslt ?1 #b1110000000) #x80 ((_ extract 7 0) ?1))))))
(=
  fpsr'
  (let ((?1 (bvadd ((_ sign_extend 2) ((_ extract 7 0) v1)) ((_ sign_extend 2) ((_ extract 7 0) v2)))))
  (ite (or (bvslt #b0001111111 ?1) (bvslt ?1 #b1110000000)) (bvor fpsr #x0000000008000000) fpsr)))
