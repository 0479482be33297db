; 3cc04020  ldur q0, [x1, #4]
(= v0' ((_ read 16) mem (bvadd x1 #x0000000000000004)))
(= trace' (log trace #b00 #x0000000000000010 (bvadd x1 #x0000000000000004)))
(= safe' (and safe (allowed_read policy (bvadd x1 #x0000000000000004) #x0000000000000010)))
