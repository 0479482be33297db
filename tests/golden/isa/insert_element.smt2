; 6e040420  mov v0.s[0], v1.s[0]
(= v0' (concat ((_ extract 127 96) v0) ((_ extract 95 64) v0) ((_ extract 63 32) v0) ((_ extract 31 0) v1)))
