; 9ee60020  fmov x0, h1
(= x0' ((_ zero_extend 48) ((_ extract 15 0) v1)))
