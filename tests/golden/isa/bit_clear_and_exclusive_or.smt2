; ce220c20  bcax v0.16b, v1.16b, v2.16b, v3.16b
(= v0' (bvxor v1 (bvand v2 (bvnot v3))))
