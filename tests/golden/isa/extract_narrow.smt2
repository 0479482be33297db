; 0ea12820  xtn v0.2s, v1.2d
(= v0' ((_ zero_extend 64) (concat ((_ extract 95 64) v1) ((_ extract 31 0) v1))))
