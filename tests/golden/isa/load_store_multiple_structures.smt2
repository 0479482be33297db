; 4c408c20  ld2 {v0.2d, v1.2d}, [x1]
(=
  v0'
  (concat ((_ extract 63 0) ((_ read 16) mem (bvadd x1 #x0000000000000010))) ((_ extract 63 0) ((_ read 16) mem x1))))
(=
  v1'
  (concat
    ((_ extract 127 64) ((_ read 16) mem (bvadd x1 #x0000000000000010)))
    ((_ extract 127 64) ((_ read 16) mem x1))))
(= trace' (log (log trace #b00 #x0000000000000010 x1) #b00 #x0000000000000010 (bvadd x1 #x0000000000000010)))
(=
  safe'
  (and
    (and safe (allowed_read policy x1 #x0000000000000010))
    (allowed_read policy (bvadd x1 #x0000000000000010) #x0000000000000010)))

; 4c00a020  st1 {v0.16b, v1.16b}, [x1]
(= mem' (write (write mem x1 v0) (bvadd x1 #x0000000000000010) v1))
(= trace' (log (log trace #b01 #x0000000000000010 x1) #b01 #x0000000000000010 (bvadd x1 #x0000000000000010)))
(=
  safe'
  (and
    (and safe (allowed_write policy x1 #x0000000000000010))
    (allowed_write policy (bvadd x1 #x0000000000000010) #x0000000000000010)))
