; 3ce26820  ldr q0, [x1, x2]
(= v0' ((_ read 16) mem (bvadd x1 x2)))
(= trace' (log trace #b00 #x0000000000000010 (bvadd x1 x2)))
(= safe' (and safe (allowed_read policy (bvadd x1 x2) #x0000000000000010)))
