; 0ea24020  addhn v0.2s, v1.2d, v2.2d
(=
  v0'
  ((_ zero_extend 64)
    (concat
      ((_ extract 63 32) (bvadd ((_ extract 127 64) v1) ((_ extract 127 64) v2)))
      ((_ extract 63 32) (bvadd ((_ extract 63 0) v1) ((_ extract 63 0) v2))))))
