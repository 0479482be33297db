; 0ea02820  saddlp v0.1d, v1.2s
(=
  v0'
  ((_ zero_extend 64) (bvadd ((_ sign_extend 32) ((_ extract 31 0) v1)) ((_ sign_extend 32) ((_ extract 63 32) v1)))))
