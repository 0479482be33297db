; c87f0c20  ldxp x0, x3, [x1]
(= x0' ((_ extract 63 0) ((_ read 16) mem x1)))
(= x3' ((_ extract 127 64) ((_ read 16) mem x1)))
(= monitor' (concat #x10 x1))
(= trace' (log trace #b00 #x0000000000000010 x1))
(= safe' (and (and safe (= ((_ extract 3 0) x1) #x0)) (allowed_read policy x1 #x0000000000000010)))
