; fa421024  ccmp x1, x2, #4, ne
(= n' (ite (not (= z #b1)) ((_ extract 63 63) (bvsub x1 x2)) #b0))
(= z' (ite (not (= z #b1)) (ite (= (bvsub x1 x2) #x0000000000000000) #b1 #b0) #b1))
(= c' (ite (not (= z #b1)) (ite (bvule x2 x1) #b1 #b0) #b0))
(= v' (ite (not (= z #b1)) (bvxor ((_ extract 63 63) (bvsub x1 x2)) (ite (bvslt x1 x2) #b1 #b0)) #b0))
