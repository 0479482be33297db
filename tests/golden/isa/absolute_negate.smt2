; 7ee0b820  neg d0, d1
(= v0' ((_ zero_extend 64) (bvneg ((_ extract 63 0) v1))))
