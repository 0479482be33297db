; 0f82a020  smull v0.2d, v1.2s, v2.s[0]
(=
  v0'
  (let ((?1 ((_ sign_extend 32) ((_ extract 31 0) v2))))
  (concat (bvmul ((_ sign_extend 32) ((_ extract 63 32) v1)) ?1) (bvmul ((_ sign_extend 32) ((_ extract 31 0) v1)) ?1))))
