; 0f208420  shrn v0.2s, v1.2d, #0x20
(= v0' ((_ zero_extend 64) (concat ((_ extract 127 96) v1) ((_ extract 63 32) v1))))
