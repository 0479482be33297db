; ce628820  sha512su1 v0.2d, v1.2d, v2.2d
(=
  v0'
  (let ((?1 ((_ extract 127 64) v1)))
  (let ((?2 ((_ extract 63 0) v1)))
  (concat
    (bvadd
      (bvadd
        ((_ extract 127 64) v0)
        (bvxor (bvxor ((_ rotate_right 19) ?1) ((_ rotate_right 61) ?1)) (bvlshr ?1 #x0000000000000006)))
      ((_ extract 127 64) v2))
    (bvadd
      (bvadd
        ((_ extract 63 0) v0)
        (bvxor (bvxor ((_ rotate_right 19) ?2) ((_ rotate_right 61) ?2)) (bvlshr ?2 #x0000000000000006)))
      ((_ extract 63 0) v2))))))
