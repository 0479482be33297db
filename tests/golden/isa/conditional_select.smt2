; 9a821020  csel x0, x1, x2, ne
(= x0' (ite (not (= z #b1)) x1 x2))

; 5a82b420  csneg w0, w1, w2, lt
(=
  x0'
  ((_ zero_extend 32) (ite (not (not (xor (= n #b1) (= v #b1)))) ((_ extract 31 0) x1) (bvneg ((_ extract 31 0) x2)))))
