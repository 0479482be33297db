; 5e020020  sha1c q0, s1, v2.4s
(=
  v0'
  (let ((?1 ((_ extract 31 0) v0)))
  (let ((?2 ((_ extract 95 64) v0)))
  (let ((?3 ((_ extract 127 96) v0)))
  (let ((?4 ((_ extract 63 32) v0)))
  (let ((?5 (bvadd
            (bvadd (bvadd ((_ extract 31 0) v1) ((_ rotate_right 27) ?1)) (bvxor (bvand (bvxor ?2 ?3) ?4) ?3))
            ((_ extract 31 0) v2))))
  (let ((?6 ((_ rotate_right 2) ?5)))
  (let ((?7 ((_ rotate_right 2) ?4)))
  (let ((?8 (bvadd (bvadd (bvadd ?3 ((_ rotate_right 27) ?5)) (bvxor (bvand (bvxor ?7 ?2) ?1) ?2)) ((_ extract 63 32) v2))))
  (let ((?9 ((_ rotate_right 2) ?1)))
  (let ((?10 (bvadd (bvadd (bvadd ?2 ((_ rotate_right 27) ?8)) (bvxor (bvand (bvxor ?9 ?7) ?5) ?7)) ((_ extract 95 64) v2))))
  (concat
    ?6
    ((_ rotate_right 2) ?8)
    ?10
    (bvadd (bvadd (bvadd ?7 ((_ rotate_right 27) ?10)) (bvxor (bvand (bvxor ?6 ?9) ?8) ?9)) ((_ extract 127 96) v2))))))))))))))
