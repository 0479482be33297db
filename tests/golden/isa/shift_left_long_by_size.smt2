; 2ea13820  shll v0.2d, v1.2s, #0x20
(=
  v0'
  (concat
    (bvshl ((_ zero_extend 32) ((_ extract 63 32) v1)) #x0000000000000020)
    (bvshl ((_ zero_extend 32) ((_ extract 31 0) v1)) #x0000000000000020)))
