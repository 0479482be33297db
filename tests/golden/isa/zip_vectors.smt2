; 4e823820  zip1 v0.4s, v1.4s, v2.4s
(= v0' (concat ((_ extract 63 32) v2) ((_ extract 63 32) v1) ((_ extract 31 0) v2) ((_ extract 31 0) v1)))

; 4e827820  zip2 v0.4s, v1.4s, v2.4s
(= v0' (concat ((_ extract 127 96) v2) ((_ extract 127 96) v1) ((_ extract 95 64) v2) ((_ extract 95 64) v1)))
