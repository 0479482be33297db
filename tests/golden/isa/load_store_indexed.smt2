; b8404420  ldr w0, [x1], #4
(= x0' ((_ zero_extend 32) ((_ read 4) mem x1)))
(= x1' (bvadd x1 #x0000000000000004))
(= trace' (log trace #b00 #x0000000000000004 x1))
(= safe' (and safe (allowed_read policy x1 #x0000000000000004)))
