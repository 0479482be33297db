; f8220020  ldadd x2, x0, [x1]
(= x0' ((_ read 8) mem x1))
(= mem' (write mem x1 (bvadd ((_ read 8) mem x1) x2)))
(= trace' (log (log trace #b00 #x0000000000000008 x1) #b01 #x0000000000000008 x1))
(=
  safe'
  (and
    (and (and safe (= ((_ extract 2 0) x1) #b000)) (allowed_read policy x1 #x0000000000000008))
    (allowed_write policy x1 #x0000000000000008)))
