; 5e280820  sha1h s0, s1
(= v0' ((_ zero_extend 96) ((_ rotate_right 2) ((_ extract 31 0) v1))))
