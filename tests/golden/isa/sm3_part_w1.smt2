; ce62c020  sm3partw1 v0.4s, v1.4s, v2.4s
(=
  v0'
  (let ((?1 (bvxor v0 v1)))
  (let ((?2 (bvxor ((_ extract 31 0) ?1) ((_ rotate_right 17) ((_ extract 63 32) v2)))))
  (let ((?3 (bvxor (bvxor ?2 ((_ rotate_right 17) ?2)) ((_ rotate_right 9) ?2))))
  (let ((?4 (bvxor ((_ extract 127 96) ?1) ((_ rotate_right 17) ?3))))
  (let ((?5 (bvxor ((_ extract 95 64) ?1) ((_ rotate_right 17) ((_ extract 127 96) v2)))))
  (let ((?6 (bvxor ((_ extract 63 32) ?1) ((_ rotate_right 17) ((_ extract 95 64) v2)))))
  (concat
    (bvxor (bvxor ?4 ((_ rotate_right 17) ?4)) ((_ rotate_right 9) ?4))
    (bvxor (bvxor ?5 ((_ rotate_right 17) ?5)) ((_ rotate_right 9) ?5))
    (bvxor (bvxor ?6 ((_ rotate_right 17) ?6)) ((_ rotate_right 9) ?6))
    ?3))))))))
