; 5e282820  sha256su0 v0.4s, v1.4s
(=
  v0'
  (let ((?1 ((_ extract 31 0) v1)))
  (let ((?2 ((_ extract 127 96) v0)))
  (let ((?3 ((_ extract 95 64) v0)))
  (let ((?4 ((_ extract 63 32) v0)))
  (concat
    (bvadd (bvxor (bvxor ((_ rotate_right 7) ?1) ((_ rotate_right 18) ?1)) (bvlshr ?1 #x00000003)) ?2)
    (bvadd (bvxor (bvxor ((_ rotate_right 7) ?2) ((_ rotate_right 18) ?2)) (bvlshr ?2 #x00000003)) ?3)
    (bvadd (bvxor (bvxor ((_ rotate_right 7) ?3) ((_ rotate_right 18) ?3)) (bvlshr ?3 #x00000003)) ?4)
    (bvadd
      (bvxor (bvxor ((_ rotate_right 7) ?4) ((_ rotate_right 18) ?4)) (bvlshr ?4 #x00000003))
      ((_ extract 31 0) v0))))))))
