; d3442c20  ubfx x0, x1, #4, #8
(= x0' ((_ zero_extend 56) ((_ extract 11 4) x1)))

; 331c1c20  bfi w0, w1, #4, #8
(=
  x0'
  (let ((?1 ((_ extract 31 0) x0)))
  ((_ zero_extend 32) (concat ((_ extract 31 12) ?1) ((_ extract 7 0) ((_ extract 31 0) x1)) ((_ extract 3 0) ?1)))))
