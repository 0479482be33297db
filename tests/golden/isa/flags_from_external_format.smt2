; d500403f  xaflag
(= n' (bvand (bvnot c) (bvnot z)))
(= z' (bvand z c))
(= c' (bvor c z))
(= v' (bvand (bvnot c) z))
