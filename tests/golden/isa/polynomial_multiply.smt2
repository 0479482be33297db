; 2e229c20  pmul v0.8b, v1.8b, v2.8b
(=
  v0'
  ((_ zero_extend 64)
    (concat
      ((_ extract 7 0) (clmul ((_ extract 63 56) v1) ((_ extract 63 56) v2)))
      ((_ extract 7 0) (clmul ((_ extract 55 48) v1) ((_ extract 55 48) v2)))
      ((_ extract 7 0) (clmul ((_ extract 47 40) v1) ((_ extract 47 40) v2)))
      ((_ extract 7 0) (clmul ((_ extract 39 32) v1) ((_ extract 39 32) v2)))
      ((_ extract 7 0) (clmul ((_ extract 31 24) v1) ((_ extract 31 24) v2)))
      ((_ extract 7 0) (clmul ((_ extract 23 16) v1) ((_ extract 23 16) v2)))
      ((_ extract 7 0) (clmul ((_ extract 15 8) v1) ((_ extract 15 8) v2)))
      ((_ extract 7 0) (clmul ((_ extract 7 0) v1) ((_ extract 7 0) v2))))))
