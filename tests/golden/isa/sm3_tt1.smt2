; ce428020  sm3tt1a v0.4s, v1.4s, v2.s[0]
(=
  v0'
  (let ((?1 ((_ extract 127 96) v0)))
  (let ((?2 ((_ extract 95 64) v0)))
  (let ((?3 ((_ extract 63 32) v0)))
  (concat
    (bvadd
      (bvadd
        (bvadd (bvxor (bvxor ?1 ?2) ?3) ((_ extract 31 0) v0))
        (bvxor ((_ extract 127 96) v1) ((_ rotate_right 20) ?1)))
      ((_ extract 31 0) v2))
    ?1
    ((_ rotate_right 23) ?2)
    ?3)))))
