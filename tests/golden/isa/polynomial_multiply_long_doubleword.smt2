; 0ee2e020  pmull v0.1q, v1.1d, v2.1d
(= v0' (clmul ((_ extract 63 0) v1) ((_ extract 63 0) v2)))
