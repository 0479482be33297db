; 2f820020  mla v0.2s, v1.2s, v2.s[0]
(=
  v0'
  (let ((?1 ((_ extract 31 0) v2)))
  ((_ zero_extend 64)
    (concat
      (bvadd ((_ extract 63 32) v0) (bvmul ((_ extract 63 32) v1) ?1))
      (bvadd ((_ extract 31 0) v0) (bvmul ((_ extract 31 0) v1) ?1))))))
