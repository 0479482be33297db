; 7f447420  uqshl d0, d1, #4
(=
  v0'
  (let ((?1 ((_ extract 63 0) v1)))
  (let ((?2 (bvshl ?1 #x0000000000000004)))
  ((_ zero_extend 64) (ite (not (= (bvlshr ?2 #x0000000000000004) ?1)) #xffffffffffffffff ?2)))))
(=
  fpsr'
  (let ((?1 ((_ extract 63 0) v1)))
  (ite (not (= (bvlshr (bvshl ?1 #x0000000000000004) #x0000000000000004) ?1)) (bvor fpsr #x0000000008000000) fpsr)))
