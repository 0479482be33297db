; 48227c20  casp x2, x3, x0, x1, [x1]
(= x2' ((_ extract 63 0) ((_ read 16) mem x1)))
(= x3' ((_ extract 127 64) ((_ read 16) mem x1)))
(= mem' (let ((?1 ((_ read 16) mem x1))) (write mem x1 (ite (= ?1 (concat x3 x2)) (concat x1 x0) ?1))))
(= trace' (log (log trace #b00 #x0000000000000010 x1) #b01 #x0000000000000010 x1))
(=
  safe'
  (and
    (and (and safe (= ((_ extract 3 0) x1) #x0)) (allowed_read policy x1 #x0000000000000010))
    (allowed_write policy x1 #x0000000000000010)))
