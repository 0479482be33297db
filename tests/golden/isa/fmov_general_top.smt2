; 9eae0020  fmov x0, v1.d[1]
(= x0' ((_ extract 127 64) v1))
