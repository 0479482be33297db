; f9400820  ldr x0, [x1, #0x10]
(= x0' ((_ read 8) mem (bvadd x1 #x0000000000000010)))
(= trace' (log trace #b00 #x0000000000000008 (bvadd x1 #x0000000000000010)))
(= safe' (and safe (allowed_read policy (bvadd x1 #x0000000000000010) #x0000000000000008)))

; 39000420  strb w0, [x1, #1]
(= mem' (write mem (bvadd x1 #x0000000000000001) ((_ extract 7 0) x0)))
(= trace' (log trace #b01 #x0000000000000001 (bvadd x1 #x0000000000000001)))
(= safe' (and safe (allowed_write policy (bvadd x1 #x0000000000000001) #x0000000000000001)))

; b9800420  ldrsw x0, [x1, #4]
(= x0' ((_ sign_extend 32) ((_ read 4) mem (bvadd x1 #x0000000000000004))))
(= trace' (log trace #b00 #x0000000000000004 (bvadd x1 #x0000000000000004)))
(= safe' (and safe (allowed_read policy (bvadd x1 #x0000000000000004) #x0000000000000004)))
