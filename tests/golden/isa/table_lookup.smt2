; 0e020020  tbl v0.8b, {v1.16b}, v2.8b
(=
  v0'
  ((_ zero_extend 64)
    (concat
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 63 56) v2)) #b000)))
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 55 48) v2)) #b000)))
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 47 40) v2)) #b000)))
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 39 32) v2)) #b000)))
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 31 24) v2)) #b000)))
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 23 16) v2)) #b000)))
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 15 8) v2)) #b000)))
      ((_ extract 7 0) (bvlshr v1 (concat ((_ zero_extend 117) ((_ extract 7 0) v2)) #b000))))))
