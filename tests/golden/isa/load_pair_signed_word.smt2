; 68c20c20  ldpsw x0, x3, [x1], #0x10
(= x0' ((_ sign_extend 32) ((_ read 4) mem x1)))
(= x1' (bvadd x1 #x0000000000000010))
(= x3' ((_ sign_extend 32) ((_ read 4) mem (bvadd x1 #x0000000000000004))))
(= trace' (log (log trace #b00 #x0000000000000004 x1) #b00 #x0000000000000004 (bvadd x1 #x0000000000000004)))
(=
  safe'
  (and
    (and safe (allowed_read policy x1 #x0000000000000004))
    (allowed_read policy (bvadd x1 #x0000000000000004) #x0000000000000004)))
