; 7e207820  sqneg b0, b1
(= v0' (let ((?1 ((_ extract 7 0) v1))) ((_ zero_extend 120) (ite (= ?1 #x80) (bvnot ?1) (bvneg ?1)))))
(= fpsr' (ite (= ((_ extract 7 0) v1) #x80) (bvor fpsr #x0000000008000000) fpsr))
