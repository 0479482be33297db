; 9c000080  ldr q0, #0x10
(= v0' ((_ read 16) mem (bvadd pc #x0000000000000010)))
(= trace' (log trace #b00 #x0000000000000010 (bvadd pc #x0000000000000010)))
(= safe' (and safe (allowed_read policy (bvadd pc #x0000000000000010) #x0000000000000010)))
