; 0ea20420  shadd v0.2s, v1.2s, v2.2s
(=
  v0'
  ((_ zero_extend 64)
    (concat
      ((_ extract 32 1) (bvadd ((_ sign_extend 1) ((_ extract 63 32) v1)) ((_ sign_extend 1) ((_ extract 63 32) v2))))
      ((_ extract 32 1) (bvadd ((_ sign_extend 1) ((_ extract 31 0) v1)) ((_ sign_extend 1) ((_ extract 31 0) v2)))))))
