; d53b2403  mrs x3, rndr
(=
  x3'
  (let ((?1 (log trace #b11 #x0000000000000000 #x000000000000d920)))
  (ite (= ((_ extract 0 0) (answer ?1)) #b1) #x0000000000000000 (random ?1 mem))))
(= n' #b0)
(= z' ((_ extract 0 0) (answer (log trace #b11 #x0000000000000000 #x000000000000d920))))
(= c' #b0)
(= v' #b0)
(= trace' (log trace #b11 #x0000000000000000 #x000000000000d920))

; d53b243f  mrs xzr, rndrrs
(= n' #b0)
(= z' ((_ extract 0 0) (answer (log trace #b11 #x0000000000000000 #x000000000000d921))))
(= c' #b0)
(= v' #b0)
(= trace' (log trace #b11 #x0000000000000000 #x000000000000d921))
