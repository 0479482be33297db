; 5ef1b820  addp d0, v1.2d
(= v0' ((_ zero_extend 64) (bvadd ((_ extract 63 0) v1) ((_ extract 127 64) v1))))
