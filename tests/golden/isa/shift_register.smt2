; 5ee24420  sshl d0, d1, d2
(=
  v0'
  (let ((?1 ((_ extract 7 0) v2)))
  (let ((?2 ((_ extract 63 0) v1)))
  ((_ zero_extend 64)
    (ite (bvslt ?1 #x00) (bvashr ?2 ((_ zero_extend 56) (bvneg ?1))) (bvshl ?2 ((_ zero_extend 56) ?1)))))))
