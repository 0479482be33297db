; 38228020  swpb w2, w0, [x1]
(= x0' ((_ zero_extend 32) ((_ zero_extend 24) ((_ read 1) mem x1))))
(= mem' (write mem x1 ((_ extract 7 0) x2)))
(= trace' (log (log trace #b00 #x0000000000000001 x1) #b01 #x0000000000000001 x1))
(= safe' (and (and safe (allowed_read policy x1 #x0000000000000001)) (allowed_write policy x1 #x0000000000000001)))
