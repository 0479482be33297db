; 0e71b820  addv h0, v1.4h
(=
  v0'
  ((_ zero_extend 112)
    (bvadd (bvadd (bvadd ((_ extract 15 0) v1) ((_ extract 31 16) v1)) ((_ extract 47 32) v1)) ((_ extract 63 48) v1))))
