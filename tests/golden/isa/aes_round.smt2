; 4e284820  aese v0.16b, v1.16b
(=
  v0'
  (let ((?1 (bvxor v0 v1)))
  (concat
    (AESSbox ((_ extract 95 88) ?1))
    (AESSbox ((_ extract 55 48) ?1))
    (AESSbox ((_ extract 15 8) ?1))
    (AESSbox ((_ extract 103 96) ?1))
    (AESSbox ((_ extract 63 56) ?1))
    (AESSbox ((_ extract 23 16) ?1))
    (AESSbox ((_ extract 111 104) ?1))
    (AESSbox ((_ extract 71 64) ?1))
    (AESSbox ((_ extract 31 24) ?1))
    (AESSbox ((_ extract 119 112) ?1))
    (AESSbox ((_ extract 79 72) ?1))
    (AESSbox ((_ extract 39 32) ?1))
    (AESSbox ((_ extract 127 120) ?1))
    (AESSbox ((_ extract 87 80) ?1))
    (AESSbox ((_ extract 47 40) ?1))
    (AESSbox ((_ extract 7 0) ?1)))))
