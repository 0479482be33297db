; 54000081  b.ne #0x10
(= pc' (ite (not (= z #b1)) (bvadd pc #x0000000000000010) (bvadd pc #x0000000000000004)))
(=
  trace'
  (log trace #b10 #x0000000000000000 (ite (not (= z #b1)) (bvadd pc #x0000000000000010) (bvadd pc #x0000000000000004))))
