; 5e023020  sha1su0 v0.4s, v1.4s, v2.4s
(= v0' (bvxor (bvxor (concat ((_ extract 63 0) v1) ((_ extract 127 64) v0)) v0) v2))
