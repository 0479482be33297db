; 3cc04420  ldr q0, [x1], #4
(= x1' (bvadd x1 #x0000000000000004))
(= v0' ((_ read 16) mem x1))
(= trace' (log trace #b00 #x0000000000000010 x1))
(= safe' (and safe (allowed_read policy x1 #x0000000000000010)))
