; 4e041c20  mov v0.s[0], w1
(= v0' (concat ((_ extract 127 96) v0) ((_ extract 95 64) v0) ((_ extract 63 32) v0) ((_ extract 31 0) x1)))
