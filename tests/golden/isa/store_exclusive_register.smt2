; 08027c20  stxrb w2, w0, [x1]
(= x2' ((_ zero_extend 32) (ite (= monitor (concat #x01 x1)) #x00000000 #x00000001)))
(= monitor' #x000000000000000000)
(= mem' (write mem x1 (ite (= monitor (concat #x01 x1)) ((_ extract 7 0) x0) ((_ read 1) mem x1))))
(= trace' (log trace #b01 #x0000000000000001 x1))
(=
  safe'
  (and
    (and safe (or (= monitor (concat #x01 x1)) (= ((_ extract 71 64) monitor) #x00)))
    (allowed_write policy x1 #x0000000000000001)))
