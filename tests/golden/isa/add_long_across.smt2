; 0e703820  saddlv s0, v1.4h
(=
  v0'
  ((_ zero_extend 96)
    (bvadd
      (bvadd
        (bvadd ((_ sign_extend 16) ((_ extract 15 0) v1)) ((_ sign_extend 16) ((_ extract 31 16) v1)))
        ((_ sign_extend 16) ((_ extract 47 32) v1)))
      ((_ sign_extend 16) ((_ extract 63 48) v1)))))
