; 1ee2cc20  fcsel h0, h1, h2, gt
(=
  v0'
  ((_ zero_extend 112)
    (ite (and (not (xor (= n #b1) (= v #b1))) (not (= z #b1))) ((_ extract 15 0) v1) ((_ extract 15 0) v2))))
