; 38bfc020  ldaprb w0, [x1]
(= x0' ((_ zero_extend 32) ((_ zero_extend 24) ((_ read 1) mem x1))))
(= trace' (log trace #b00 #x0000000000000001 x1))
(= safe' (and safe (allowed_read policy x1 #x0000000000000001)))
