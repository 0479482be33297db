; 93c21020  extr x0, x1, x2, #4
(= x0' (concat ((_ extract 3 0) x1) ((_ extract 63 4) x2)))
