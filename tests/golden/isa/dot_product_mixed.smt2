; 0f02f020  sudot v0.2s, v1.8b, v2.4b[0]
(=
  v0'
  (let ((?1 ((_ zero_extend 24) ((_ extract 7 0) v2))))
  (let ((?2 ((_ zero_extend 24) ((_ extract 15 8) v2))))
  (let ((?3 ((_ zero_extend 24) ((_ extract 23 16) v2))))
  (let ((?4 ((_ zero_extend 24) ((_ extract 31 24) v2))))
  ((_ zero_extend 64)
    (concat
      (bvadd
        (bvadd
          (bvadd
            (bvadd ((_ extract 63 32) v0) (bvmul ((_ sign_extend 24) ((_ extract 39 32) v1)) ?1))
            (bvmul ((_ sign_extend 24) ((_ extract 47 40) v1)) ?2))
          (bvmul ((_ sign_extend 24) ((_ extract 55 48) v1)) ?3))
        (bvmul ((_ sign_extend 24) ((_ extract 63 56) v1)) ?4))
      (bvadd
        (bvadd
          (bvadd
            (bvadd ((_ extract 31 0) v0) (bvmul ((_ sign_extend 24) ((_ extract 7 0) v1)) ?1))
            (bvmul ((_ sign_extend 24) ((_ extract 15 8) v1)) ?2))
          (bvmul ((_ sign_extend 24) ((_ extract 23 16) v1)) ?3))
        (bvmul ((_ sign_extend 24) ((_ extract 31 24) v1)) ?4)))))))))
