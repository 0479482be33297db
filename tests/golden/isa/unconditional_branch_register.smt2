; d65f03c0  ret
(= pc' x30)
(= trace' (log trace #b10 #x0000000000000000 x30))

; d63f0020  blr x1
(= x30' (bvadd pc #x0000000000000004))
(= pc' x1)
(= trace' (log trace #b10 #x0000000000000000 x1))
