; ce628020  sha512h q0, q1, v2.2d
(=
  v0'
  (let ((?1 ((_ extract 127 64) v2)))
  (let ((?2 ((_ extract 63 0) v1)))
  (let ((?3 (bvadd
            (bvadd
              (bvxor (bvand ?1 ?2) (bvand (bvnot ?1) ((_ extract 127 64) v1)))
              (bvxor (bvxor ((_ rotate_right 14) ?1) ((_ rotate_right 18) ?1)) ((_ rotate_right 41) ?1)))
            ((_ extract 127 64) v0))))
  (let ((?4 (bvadd ?3 ((_ extract 63 0) v2))))
  (concat
    ?3
    (bvadd
      (bvadd
        (bvxor (bvand ?4 ?1) (bvand (bvnot ?4) ?2))
        (bvxor (bvxor ((_ rotate_right 14) ?4) ((_ rotate_right 18) ?4)) ((_ rotate_right 41) ?4)))
      ((_ extract 63 0) v0))))))))
