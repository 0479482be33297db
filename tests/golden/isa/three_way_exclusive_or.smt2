; ce020c20  eor3 v0.16b, v1.16b, v2.16b, v3.16b
(= v0' (bvxor (bvxor v1 v2) v3))
