; f81f8020  stur x0, [x1, #-8]
(= mem' (write mem (bvadd x1 #xfffffffffffffff8) x0))
(= trace' (log trace #b01 #x0000000000000008 (bvadd x1 #xfffffffffffffff8)))
(= safe' (and safe (allowed_write policy (bvadd x1 #xfffffffffffffff8) #x0000000000000008)))
