; 0f822020  smlal v0.2d, v1.2s, v2.s[0]
(=
  v0'
  (let ((?1 ((_ sign_extend 32) ((_ extract 31 0) v2))))
  (concat
    (bvadd ((_ extract 127 64) v0) (bvmul ((_ sign_extend 32) ((_ extract 63 32) v1)) ?1))
    (bvadd ((_ extract 63 0) v0) (bvmul ((_ sign_extend 32) ((_ extract 31 0) v1)) ?1)))))
