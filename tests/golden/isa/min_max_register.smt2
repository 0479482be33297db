; 9ac26020  smax x0, x1, x2
(= x0' (ite (bvsle x1 x2) x2 x1))
