; ce821020  xar v0.2d, v1.2d, v2.2d, #4
(=
  v0'
  (let ((?1 (bvxor v2 v1)))
  (concat ((_ rotate_right 4) ((_ extract 127 64) ?1)) ((_ rotate_right 4) ((_ extract 63 0) ?1)))))
