; f8627820  ldr x0, [x1, x2, lsl #3]
(= x0' ((_ read 8) mem (bvadd x1 (bvshl x2 #x0000000000000003))))
(= trace' (log trace #b00 #x0000000000000008 (bvadd x1 (bvshl x2 #x0000000000000003))))
(= safe' (and safe (allowed_read policy (bvadd x1 (bvshl x2 #x0000000000000003)) #x0000000000000008)))
