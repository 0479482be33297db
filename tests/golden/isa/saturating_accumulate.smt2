; 5e203820  suqadd b0, b1
(=
  v0'
  (let ((?1 (bvadd ((_ sign_extend 2) ((_ extract 7 0) v0)) ((_ zero_extend 2) ((_ extract 7 0) v1)))))
  ((_ zero_extend 120) (ite (bvslt #b0001111111 ?1) #x7f (ite (bvslt ?1 #b1110000000) #x80 ((_ extract 7 0) ?1))))))
(=
  fpsr'
  (let ((?1 (bvadd ((_ sign_extend 2) ((_ extract 7 0) v0)) ((_ zero_extend 2) ((_ extract 7 0) v1)))))
  (ite (or (bvslt #b0001111111 ?1) (bvslt ?1 #b1110000000)) (bvor fpsr #x0000000008000000) fpsr)))
