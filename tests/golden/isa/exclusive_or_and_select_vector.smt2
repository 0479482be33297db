; 6e221c20  eor v0.16b, v1.16b, v2.16b
(= v0' (bvxor v1 v2))

; 6e621c20  bsl v0.16b, v1.16b, v2.16b
(= v0' (bvor (bvand v0 v1) (bvand (bvnot v0) v2)))
