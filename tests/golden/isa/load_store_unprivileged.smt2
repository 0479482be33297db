; b8404820  ldtr w0, [x1, #4]
(= x0' ((_ zero_extend 32) ((_ read 4) mem (bvadd x1 #x0000000000000004))))
(= trace' (log trace #b00 #x0000000000000004 (bvadd x1 #x0000000000000004)))
(= safe' (and safe (allowed_read policy (bvadd x1 #x0000000000000004) #x0000000000000004)))
