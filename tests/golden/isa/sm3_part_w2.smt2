; ce62c420  sm3partw2 v0.4s, v1.4s, v2.4s
(=
  v0'
  (let ((?1 (bvxor ((_ extract 31 0) v1) ((_ rotate_right 25) ((_ extract 31 0) v2)))))
  (let ((?2 ((_ rotate_right 17) ?1)))
  (concat
    (bvxor
      (bvxor ((_ extract 127 96) v0) (bvxor ((_ extract 127 96) v1) ((_ rotate_right 25) ((_ extract 127 96) v2))))
      (bvxor (bvxor ?2 ((_ rotate_right 17) ?2)) ((_ rotate_right 9) ?2)))
    (bvxor ((_ extract 95 64) v0) (bvxor ((_ extract 95 64) v1) ((_ rotate_right 25) ((_ extract 95 64) v2))))
    (bvxor ((_ extract 63 32) v0) (bvxor ((_ extract 63 32) v1) ((_ rotate_right 25) ((_ extract 63 32) v2))))
    (bvxor ((_ extract 31 0) v0) ?1)))))
