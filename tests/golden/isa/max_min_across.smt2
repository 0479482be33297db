; 0e70a820  smaxv h0, v1.4h
(=
  v0'
  (let ((?1 ((_ extract 15 0) v1)))
  (let ((?2 ((_ extract 31 16) v1)))
  (let ((?3 (ite (bvsle ?1 ?2) ?2 ?1)))
  (let ((?4 ((_ extract 47 32) v1)))
  (let ((?5 (ite (bvsle ?3 ?4) ?4 ?3)))
  (let ((?6 ((_ extract 63 48) v1))) ((_ zero_extend 112) (ite (bvsle ?5 ?6) ?6 ?5)))))))))
