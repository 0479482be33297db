; 36200080  tbz w0, #4, #0x10
(= pc' (ite (= ((_ extract 4 4) x0) #b0) (bvadd pc #x0000000000000010) (bvadd pc #x0000000000000004)))
(=
  trace'
  (log
    trace
    #b10
    #x0000000000000000
    (ite (= ((_ extract 4 4) x0) #b0) (bvadd pc #x0000000000000010) (bvadd pc #x0000000000000004))))
