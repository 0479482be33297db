; 4f245420  shl v0.4s, v1.4s, #4
(=
  v0'
  (concat
    (bvshl ((_ extract 127 96) v1) #x00000004)
    (bvshl ((_ extract 95 64) v1) #x00000004)
    (bvshl ((_ extract 63 32) v1) #x00000004)
    (bvshl ((_ extract 31 0) v1) #x00000004)))

; 6f245420  sli v0.4s, v1.4s, #4
(=
  v0'
  (concat
    (concat ((_ extract 123 96) v1) ((_ extract 99 96) v0))
    (concat ((_ extract 91 64) v1) ((_ extract 67 64) v0))
    (concat ((_ extract 59 32) v1) ((_ extract 35 32) v0))
    (concat ((_ extract 27 0) v1) ((_ extract 3 0) v0))))
