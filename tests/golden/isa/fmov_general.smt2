; 9e660020  fmov x0, d1
(= x0' ((_ extract 63 0) v1))
