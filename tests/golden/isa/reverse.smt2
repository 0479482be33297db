; 5ac00820  rev w0, w1
(=
  x0'
  ((_ zero_extend 32) (concat ((_ extract 7 0) x1) ((_ extract 15 8) x1) ((_ extract 23 16) x1) ((_ extract 31 24) x1))))
