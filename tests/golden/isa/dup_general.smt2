; 4e040c20  dup v0.4s, w1
(= v0' (let ((?1 ((_ extract 31 0) x1))) (concat ?1 ?1 ?1 ?1)))
