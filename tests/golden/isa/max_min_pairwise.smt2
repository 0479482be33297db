; 0ea2a420  smaxp v0.2s, v1.2s, v2.2s
(=
  v0'
  (let ((?1 ((_ extract 31 0) v2)))
  (let ((?2 ((_ extract 63 32) v2)))
  (let ((?3 ((_ extract 31 0) v1)))
  (let ((?4 ((_ extract 63 32) v1))) ((_ zero_extend 64) (concat (ite (bvsle ?1 ?2) ?2 ?1) (ite (bvsle ?3 ?4) ?4 ?3))))))))
