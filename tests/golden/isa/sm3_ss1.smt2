; ce420c20  sm3ss1 v0.4s, v1.4s, v2.4s, v3.4s
(=
  v0'
  (concat
    ((_ rotate_right 25)
      (bvadd (bvadd ((_ rotate_right 20) ((_ extract 127 96) v1)) ((_ extract 127 96) v2)) ((_ extract 127 96) v3)))
    #x000000000000000000000000))
