; 6e205820  mvn v0.16b, v1.16b
(= v0' (bvnot v1))
