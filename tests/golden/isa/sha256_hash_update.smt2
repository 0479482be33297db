; 5e024020  sha256h q0, q1, v2.4s
(=
  v0'
  (let ((?1 ((_ extract 31 0) v1)))
  (let ((?2 ((_ extract 63 32) v1)))
  (let ((?3 ((_ extract 95 64) v1)))
  (let ((?4 (bvadd
            (bvadd
              (bvadd
                ((_ extract 127 96) v1)
                (bvxor (bvxor ((_ rotate_right 6) ?1) ((_ rotate_right 11) ?1)) ((_ rotate_right 25) ?1)))
              (bvxor (bvand (bvxor ?2 ?3) ?1) ?3))
            ((_ extract 31 0) v2))))
  (let ((?5 ((_ extract 31 0) v0)))
  (let ((?6 ((_ extract 63 32) v0)))
  (let ((?7 ((_ extract 95 64) v0)))
  (let ((?8 (bvadd
            (bvadd ?4 (bvxor (bvxor ((_ rotate_right 2) ?5) ((_ rotate_right 13) ?5)) ((_ rotate_right 22) ?5)))
            (bvor (bvand ?5 ?6) (bvand (bvor ?5 ?6) ?7)))))
  (let ((?9 (bvadd ?4 ((_ extract 127 96) v0))))
  (let ((?10 (bvadd
            (bvadd
              (bvadd ?3 (bvxor (bvxor ((_ rotate_right 6) ?9) ((_ rotate_right 11) ?9)) ((_ rotate_right 25) ?9)))
              (bvxor (bvand (bvxor ?1 ?2) ?9) ?2))
            ((_ extract 63 32) v2))))
  (let ((?11 (bvadd
            (bvadd ?10 (bvxor (bvxor ((_ rotate_right 2) ?8) ((_ rotate_right 13) ?8)) ((_ rotate_right 22) ?8)))
            (bvor (bvand ?8 ?5) (bvand (bvor ?8 ?5) ?6)))))
  (let ((?12 (bvadd ?10 ?7)))
  (let ((?13 (bvadd
            (bvadd
              (bvadd ?2 (bvxor (bvxor ((_ rotate_right 6) ?12) ((_ rotate_right 11) ?12)) ((_ rotate_right 25) ?12)))
              (bvxor (bvand (bvxor ?9 ?1) ?12) ?1))
            ((_ extract 95 64) v2))))
  (let ((?14 (bvadd
            (bvadd ?13 (bvxor (bvxor ((_ rotate_right 2) ?11) ((_ rotate_right 13) ?11)) ((_ rotate_right 22) ?11)))
            (bvor (bvand ?11 ?8) (bvand (bvor ?11 ?8) ?5)))))
  (let ((?15 (bvadd ?13 ?6)))
  (concat
    ?8
    ?11
    ?14
    (bvadd
      (bvadd
        (bvadd
          (bvadd
            (bvadd ?1 (bvxor (bvxor ((_ rotate_right 6) ?15) ((_ rotate_right 11) ?15)) ((_ rotate_right 25) ?15)))
            (bvxor (bvand (bvxor ?12 ?9) ?15) ?9))
          ((_ extract 127 96) v2))
        (bvxor (bvxor ((_ rotate_right 2) ?14) ((_ rotate_right 13) ?14)) ((_ rotate_right 22) ?14)))
      (bvor (bvand ?14 ?11) (bvand (bvor ?14 ?11) ?8))))))))))))))))))))
