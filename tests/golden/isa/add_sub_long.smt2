; 0ea21020  saddw v0.2d, v1.2d, v2.2s
(=
  v0'
  (concat
    (bvadd ((_ extract 127 64) v1) ((_ sign_extend 32) ((_ extract 63 32) v2)))
    (bvadd ((_ extract 63 0) v1) ((_ sign_extend 32) ((_ extract 31 0) v2)))))
