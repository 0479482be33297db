; d50b7420  dc zva, x0
(=
  mem'
  (write
    mem
    (bvand x0 #xffffffffffffffc0)
    #x00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000))
(= trace' (log trace #b01 #x0000000000000040 (bvand x0 #xffffffffffffffc0)))
(= safe' (and safe (allowed_write policy (bvand x0 #xffffffffffffffc0) #x0000000000000040)))
