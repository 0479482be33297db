; 4e040420  dup v0.4s, v1.s[0]
(= v0' (let ((?1 ((_ extract 31 0) v1))) (concat ?1 ?1 ?1 ?1)))
