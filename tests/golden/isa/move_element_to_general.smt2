; 0e043c20  mov w0, v1.s[0]
(= x0' ((_ zero_extend 32) ((_ extract 31 0) v1)))
