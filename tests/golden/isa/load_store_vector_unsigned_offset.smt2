; 3d401020  ldr b0, [x1, #4]
(= v0' ((_ zero_extend 120) ((_ read 1) mem (bvadd x1 #x0000000000000004))))
(= trace' (log trace #b00 #x0000000000000001 (bvadd x1 #x0000000000000004)))
(= safe' (and safe (allowed_read policy (bvadd x1 #x0000000000000004) #x0000000000000001)))
