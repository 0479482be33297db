; 7e224c20  uqshl b0, b1, b2
(=
  v0'
  (let ((?1 ((_ extract 7 0) v2)))
  (let ((?2 ((_ extract 7 0) v1)))
  (let ((?3 (bvshl ?2 ?1)))
  ((_ zero_extend 120) (ite (bvslt ?1 #x00) (bvlshr ?2 (bvneg ?1)) (ite (not (= (bvlshr ?3 ?1) ?2)) #xff ?3)))))))
(=
  fpsr'
  (let ((?1 ((_ extract 7 0) v2)))
  (let ((?2 ((_ extract 7 0) v1)))
  (ite (and (not (bvslt ?1 #x00)) (not (= (bvlshr (bvshl ?2 ?1) ?1) ?2))) (bvor fpsr #x0000000008000000) fpsr))))
