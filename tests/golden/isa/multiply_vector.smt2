; 0f828020  mul v0.2s, v1.2s, v2.s[0]
(=
  v0'
  (let ((?1 ((_ extract 31 0) v2)))
  ((_ zero_extend 64) (concat (bvmul ((_ extract 63 32) v1) ?1) (bvmul ((_ extract 31 0) v1) ?1)))))
