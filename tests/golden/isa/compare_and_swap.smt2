; c8a27c20  cas x2, x0, [x1]
(= x2' ((_ read 8) mem x1))
(= mem' (let ((?1 ((_ read 8) mem x1))) (write mem x1 (ite (= ?1 x2) x0 ?1))))
(= trace' (log (log trace #b00 #x0000000000000008 x1) #b01 #x0000000000000008 x1))
(=
  safe'
  (and
    (and (and safe (= ((_ extract 2 0) x1) #b000)) (allowed_read policy x1 #x0000000000000008))
    (allowed_write policy x1 #x0000000000000008)))
