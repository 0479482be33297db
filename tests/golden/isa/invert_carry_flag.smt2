; d500401f  cfinv
(= c' (bvnot c))
