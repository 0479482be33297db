; ce62c820  sm4ekey v0.4s, v1.4s, v2.4s
(=
  v0'
  (let ((?1 ((_ extract 127 96) v1)))
  (let ((?2 ((_ extract 95 64) v1)))
  (let ((?3 ((_ extract 63 32) v1)))
  (let ((?4 (bvxor (bvxor (bvxor ?1 ?2) ?3) ((_ extract 31 0) v2))))
  (let ((?5 (concat
            (SM4Sbox ((_ extract 31 24) ?4))
            (SM4Sbox ((_ extract 23 16) ?4))
            (SM4Sbox ((_ extract 15 8) ?4))
            (SM4Sbox ((_ extract 7 0) ?4)))))
  (let ((?6 (bvxor (bvxor (bvxor ?5 ((_ rotate_right 19) ?5)) ((_ rotate_right 9) ?5)) ((_ extract 31 0) v1))))
  (let ((?7 (bvxor (bvxor (bvxor ?6 ?1) ?2) ((_ extract 63 32) v2))))
  (let ((?8 (concat
            (SM4Sbox ((_ extract 31 24) ?7))
            (SM4Sbox ((_ extract 23 16) ?7))
            (SM4Sbox ((_ extract 15 8) ?7))
            (SM4Sbox ((_ extract 7 0) ?7)))))
  (let ((?9 (bvxor (bvxor (bvxor ?8 ((_ rotate_right 19) ?8)) ((_ rotate_right 9) ?8)) ?3)))
  (let ((?10 (bvxor (bvxor (bvxor ?9 ?6) ?1) ((_ extract 95 64) v2))))
  (let ((?11 (concat
            (SM4Sbox ((_ extract 31 24) ?10))
            (SM4Sbox ((_ extract 23 16) ?10))
            (SM4Sbox ((_ extract 15 8) ?10))
            (SM4Sbox ((_ extract 7 0) ?10)))))
  (let ((?12 (bvxor (bvxor (bvxor ?11 ((_ rotate_right 19) ?11)) ((_ rotate_right 9) ?11)) ?2)))
  (let ((?13 (bvxor (bvxor (bvxor ?12 ?9) ?6) ((_ extract 127 96) v2))))
  (let ((?14 (concat
            (SM4Sbox ((_ extract 31 24) ?13))
            (SM4Sbox ((_ extract 23 16) ?13))
            (SM4Sbox ((_ extract 15 8) ?13))
            (SM4Sbox ((_ extract 7 0) ?13)))))
  (concat (bvxor (bvxor (bvxor ?14 ((_ rotate_right 19) ?14)) ((_ rotate_right 9) ?14)) ?1) ?12 ?9 ?6))))))))))))))))
