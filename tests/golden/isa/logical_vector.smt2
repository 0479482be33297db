; 4e221c20  and v0.16b, v1.16b, v2.16b
(= v0' (bvand v1 v2))

; 0ee21c20  orn v0.8b, v1.8b, v2.8b
(= v0' ((_ zero_extend 64) (bvor ((_ extract 63 0) v1) (bvnot ((_ extract 63 0) v2)))))
