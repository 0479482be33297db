; c8220c20  stxp w2, x0, x3, [x1]
(= x2' ((_ zero_extend 32) (ite (= monitor (concat #x10 x1)) #x00000000 #x00000001)))
(= monitor' #x000000000000000000)
(= mem' (write mem x1 (ite (= monitor (concat #x10 x1)) (concat x3 x0) ((_ read 16) mem x1))))
(= trace' (log trace #b01 #x0000000000000010 x1))
(=
  safe'
  (and
    (and (and safe (= ((_ extract 3 0) x1) #x0)) (or (= monitor (concat #x10 x1)) (= ((_ extract 71 64) monitor) #x00)))
    (allowed_write policy x1 #x0000000000000010)))
