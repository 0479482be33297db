; 8b224820  add x0, x1, w2, uxtw #2
(= x0' (bvadd x1 (bvshl ((_ zero_extend 32) ((_ extract 31 0) x2)) #x0000000000000002)))
