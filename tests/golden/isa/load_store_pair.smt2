; a8c20c20  ldp x0, x3, [x1], #0x20
(= x0' ((_ read 8) mem x1))
(= x1' (bvadd x1 #x0000000000000020))
(= x3' ((_ read 8) mem (bvadd x1 #x0000000000000008)))
(= trace' (log (log trace #b00 #x0000000000000008 x1) #b00 #x0000000000000008 (bvadd x1 #x0000000000000008)))
(=
  safe'
  (and
    (and safe (allowed_read policy x1 #x0000000000000008))
    (allowed_read policy (bvadd x1 #x0000000000000008) #x0000000000000008)))

; a9bf0fe0  stp x0, x3, [sp, #-0x10]!
(= sp' (bvadd sp #xfffffffffffffff0))
(= mem' (write (write mem (bvadd sp #xfffffffffffffff0) x0) (bvadd sp #xfffffffffffffff8) x3))
(=
  trace'
  (log
    (log trace #b01 #x0000000000000008 (bvadd sp #xfffffffffffffff0))
    #b01
    #x0000000000000008
    (bvadd sp #xfffffffffffffff8)))
(=
  safe'
  (and
    (and
      (and safe (= ((_ extract 3 0) sp) #x0))
      (allowed_write policy (bvadd sp #xfffffffffffffff0) #x0000000000000008))
    (allowed_write policy (bvadd sp #xfffffffffffffff8) #x0000000000000008)))
