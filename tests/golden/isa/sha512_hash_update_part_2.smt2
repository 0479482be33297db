; ce628420  sha512h2 q0, q1, v2.2d
(=
  v0'
  (let ((?1 ((_ extract 63 0) v1)))
  (let ((?2 ((_ extract 127 64) v2)))
  (let ((?3 ((_ extract 63 0) v2)))
  (let ((?4 (bvand ?2 ?3)))
  (let ((?5 (bvadd
            (bvadd
              (bvxor (bvxor (bvand ?1 ?2) (bvand ?1 ?3)) ?4)
              (bvxor (bvxor ((_ rotate_right 28) ?3) ((_ rotate_right 34) ?3)) ((_ rotate_right 39) ?3)))
            ((_ extract 127 64) v0))))
  (concat
    ?5
    (bvadd
      (bvadd
        (bvxor (bvxor (bvand ?5 ?3) (bvand ?5 ?2)) ?4)
        (bvxor (bvxor ((_ rotate_right 28) ?5) ((_ rotate_right 34) ?5)) ((_ rotate_right 39) ?5)))
      ((_ extract 63 0) v0)))))))))
