; 0ea00820  rev64 v0.2s, v1.2s
(= v0' ((_ zero_extend 64) (concat ((_ extract 31 0) v1) ((_ extract 63 32) v1))))
