; 5ac01020  clz w0, w1
(=
  x0'
  ((_ zero_extend 32)
    (ite (= ((_ extract 31 31) x1) #b1) #x00000000
    (ite (= ((_ extract 30 30) x1) #b1) #x00000001
    (ite (= ((_ extract 29 29) x1) #b1) #x00000002
    (ite (= ((_ extract 28 28) x1) #b1) #x00000003
    (ite (= ((_ extract 27 27) x1) #b1) #x00000004
    (ite (= ((_ extract 26 26) x1) #b1) #x00000005
    (ite (= ((_ extract 25 25) x1) #b1) #x00000006
    (ite (= ((_ extract 24 24) x1) #b1) #x00000007
    (ite (= ((_ extract 23 23) x1) #b1) #x00000008
    (ite (= ((_ extract 22 22) x1) #b1) #x00000009
    (ite (= ((_ extract 21 21) x1) #b1) #x0000000a
    (ite (= ((_ extract 20 20) x1) #b1) #x0000000b
    (ite (= ((_ extract 19 19) x1) #b1) #x0000000c
    (ite (= ((_ extract 18 18) x1) #b1) #x0000000d
    (ite (= ((_ extract 17 17) x1) #b1) #x0000000e
    (ite (= ((_ extract 16 16) x1) #b1) #x0000000f
    (ite (= ((_ extract 15 15) x1) #b1) #x00000010
    (ite (= ((_ extract 14 14) x1) #b1) #x00000011
    (ite (= ((_ extract 13 13) x1) #b1) #x00000012
    (ite (= ((_ extract 12 12) x1) #b1) #x00000013
    (ite (= ((_ extract 11 11) x1) #b1) #x00000014
    (ite (= ((_ extract 10 10) x1) #b1) #x00000015
    (ite (= ((_ extract 9 9) x1) #b1) #x00000016
    (ite (= ((_ extract 8 8) x1) #b1) #x00000017
    (ite (= ((_ extract 7 7) x1) #b1) #x00000018
    (ite (= ((_ extract 6 6) x1) #b1) #x00000019
    (ite (= ((_ extract 5 5) x1) #b1) #x0000001a
    (ite (= ((_ extract 4 4) x1) #b1) #x0000001b
    (ite (= ((_ extract 3 3) x1) #b1) #x0000001c
    (ite (= ((_ extract 2 2) x1) #b1) #x0000001d
    (ite (= ((_ extract 1 1) x1) #b1) #x0000001e (ite (= ((_ extract 0 0) x1) #b1) #x0000001f #x00000020))))))))))))))))))))))))))))))))))
