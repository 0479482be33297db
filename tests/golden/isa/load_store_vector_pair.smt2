; acc20c20  ldp q0, q3, [x1], #0x40
(= x1' (bvadd x1 #x0000000000000040))
(= v0' ((_ read 16) mem x1))
(= v3' ((_ read 16) mem (bvadd x1 #x0000000000000010)))
(= trace' (log (log trace #b00 #x0000000000000010 x1) #b00 #x0000000000000010 (bvadd x1 #x0000000000000010)))
(=
  safe'
  (and
    (and safe (allowed_read policy x1 #x0000000000000010))
    (allowed_read policy (bvadd x1 #x0000000000000010) #x0000000000000010)))
