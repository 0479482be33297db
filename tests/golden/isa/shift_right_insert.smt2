; 6f244420  sri v0.4s, v1.4s, #0x1c
(=
  v0'
  (concat
    (concat ((_ extract 127 100) v0) ((_ extract 127 124) v1))
    (concat ((_ extract 95 68) v0) ((_ extract 95 92) v1))
    (concat ((_ extract 63 36) v0) ((_ extract 63 60) v1))
    (concat ((_ extract 31 4) v0) ((_ extract 31 28) v1))))
