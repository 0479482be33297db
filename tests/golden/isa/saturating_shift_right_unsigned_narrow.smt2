; 7f3c8420  sqshrun s0, d1, #4
(=
  v0'
  (let ((?1 (bvashr ((_ extract 63 0) v1) #x0000000000000004)))
  ((_ zero_extend 96)
    (ite (bvslt #x00000000ffffffff ?1) #xffffffff (ite (bvslt ?1 #x0000000000000000) #x00000000 ((_ extract 31 0) ?1))))))
(=
  fpsr'
  (let ((?1 (bvashr ((_ extract 63 0) v1) #x0000000000000004)))
  (ite (or (bvslt #x00000000ffffffff ?1) (bvslt ?1 #x0000000000000000)) (bvor fpsr #x0000000008000000) fpsr)))
