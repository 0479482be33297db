; 5e026020  sha256su1 v0.4s, v1.4s, v2.4s
(=
  v0'
  (let ((?1 ((_ extract 127 96) v2)))
  (let ((?2 (bvadd
            (bvadd
              (bvxor (bvxor ((_ rotate_right 17) ?1) ((_ rotate_right 19) ?1)) (bvlshr ?1 #x0000000a))
              ((_ extract 63 32) v0))
            ((_ extract 95 64) v1))))
  (let ((?3 ((_ extract 95 64) v2)))
  (let ((?4 (bvadd
            (bvadd
              (bvxor (bvxor ((_ rotate_right 17) ?3) ((_ rotate_right 19) ?3)) (bvlshr ?3 #x0000000a))
              ((_ extract 31 0) v0))
            ((_ extract 63 32) v1))))
  (concat
    (bvadd
      (bvadd
        (bvxor (bvxor ((_ rotate_right 17) ?2) ((_ rotate_right 19) ?2)) (bvlshr ?2 #x0000000a))
        ((_ extract 127 96) v0))
      ((_ extract 31 0) v2))
    (bvadd
      (bvadd
        (bvxor (bvxor ((_ rotate_right 17) ?4) ((_ rotate_right 19) ?4)) (bvlshr ?4 #x0000000a))
        ((_ extract 95 64) v0))
      ((_ extract 127 96) v1))
    ?2
    ?4))))))
