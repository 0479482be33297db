; 4ee2bc20  addp v0.2d, v1.2d, v2.2d
(=
  v0'
  (concat (bvadd ((_ extract 63 0) v2) ((_ extract 127 64) v2)) (bvadd ((_ extract 63 0) v1) ((_ extract 127 64) v1))))
