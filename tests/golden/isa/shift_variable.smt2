; 1ac22420  lsr w0, w1, w2
(= x0' ((_ zero_extend 32) (bvlshr ((_ extract 31 0) x1) (bvand ((_ extract 31 0) x2) #x0000001f))))

; 9ac22c20  ror x0, x1, x2
(=
  x0'
  (let ((?1 (bvand x2 #x000000000000003f))) (bvor (bvlshr x1 ?1) (bvshl x1 (bvand (bvneg ?1) #x000000000000003f)))))
