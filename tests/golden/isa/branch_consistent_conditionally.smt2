; 54000098  bc.hi #0x10
(= pc' (ite (and (= c #b1) (not (= z #b1))) (bvadd pc #x0000000000000010) (bvadd pc #x0000000000000004)))
(=
  trace'
  (log
    trace
    #b10
    #x0000000000000000
    (ite (and (= c #b1) (not (= z #b1))) (bvadd pc #x0000000000000010) (bvadd pc #x0000000000000004))))
