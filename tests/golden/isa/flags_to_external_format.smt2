; d500405f  axflag
(= n' #b0)
(= z' (bvor z v))
(= c' (bvand c (bvnot v)))
(= v' #b0)
