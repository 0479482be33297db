; 4d40c820  ld1r {v0.4s}, [x1]
(= v0' (let ((?1 ((_ read 4) mem x1))) (concat ?1 ?1 ?1 ?1)))
(= trace' (log trace #b00 #x0000000000000004 x1))
(= safe' (and safe (allowed_read policy x1 #x0000000000000004)))
