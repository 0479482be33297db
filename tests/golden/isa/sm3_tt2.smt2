; ce428820  sm3tt2a v0.4s, v1.4s, v2.s[0]
(=
  v0'
  (let ((?1 ((_ extract 127 96) v0)))
  (let ((?2 ((_ extract 95 64) v0)))
  (let ((?3 ((_ extract 63 32) v0)))
  (let ((?4 (bvadd
            (bvadd (bvadd (bvxor (bvxor ?1 ?2) ?3) ((_ extract 31 0) v0)) ((_ extract 127 96) v1))
            ((_ extract 31 0) v2))))
  (concat (bvxor (bvxor ?4 ((_ rotate_right 23) ?4)) ((_ rotate_right 15) ?4)) ?1 ((_ rotate_right 13) ?2) ?3))))))
