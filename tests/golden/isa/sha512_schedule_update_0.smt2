; cec08020  sha512su0 v0.2d, v1.2d
(=
  v0'
  (let ((?1 ((_ extract 127 64) v0)))
  (let ((?2 ((_ extract 63 0) v1)))
  (concat
    (bvadd ?1 (bvxor (bvxor ((_ rotate_right 1) ?2) ((_ rotate_right 8) ?2)) (bvlshr ?2 #x0000000000000007)))
    (bvadd
      ((_ extract 63 0) v0)
      (bvxor (bvxor ((_ rotate_right 1) ?1) ((_ rotate_right 8) ?1)) (bvlshr ?1 #x0000000000000007)))))))
