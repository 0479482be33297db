; 6e022020  ext v0.16b, v1.16b, v2.16b, #4
(= v0' (concat ((_ extract 31 0) v2) ((_ extract 127 32) v1)))
