; 0ea27020  sabdl v0.2d, v1.2s, v2.2s
(=
  v0'
  (let ((?1 ((_ extract 63 32) v1)))
  (let ((?2 ((_ extract 63 32) v2)))
  (let ((?3 ((_ extract 31 0) v1)))
  (let ((?4 ((_ extract 31 0) v2)))
  (concat
    ((_ zero_extend 32) (ite (bvslt ?1 ?2) (bvsub ?2 ?1) (bvsub ?1 ?2)))
    ((_ zero_extend 32) (ite (bvslt ?3 ?4) (bvsub ?4 ?3) (bvsub ?3 ?4)))))))))
