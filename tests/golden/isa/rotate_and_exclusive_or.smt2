; ce628c20  rax1 v0.2d, v1.2d, v2.2d
(= v0' (bvxor v1 (concat ((_ rotate_right 63) ((_ extract 127 64) v2)) ((_ rotate_right 63) ((_ extract 63 0) v2)))))
