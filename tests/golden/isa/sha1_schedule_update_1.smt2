; 5e281820  sha1su1 v0.4s, v1.4s
(=
  v0'
  (let ((?1 (bvxor ((_ extract 31 0) v0) ((_ extract 63 32) v1))))
  (concat
    (bvxor ((_ rotate_right 31) ((_ extract 127 96) v0)) ((_ rotate_right 30) ?1))
    ((_ rotate_right 31) (bvxor ((_ extract 95 64) v0) ((_ extract 127 96) v1)))
    ((_ rotate_right 31) (bvxor ((_ extract 63 32) v0) ((_ extract 95 64) v1)))
    ((_ rotate_right 31) ?1))))
