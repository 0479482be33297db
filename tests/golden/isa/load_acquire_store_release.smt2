; 089ffc20  stlrb w0, [x1]
(= mem' (write mem x1 ((_ extract 7 0) x0)))
(= trace' (log trace #b01 #x0000000000000001 x1))
(= safe' (and safe (allowed_write policy x1 #x0000000000000001)))
