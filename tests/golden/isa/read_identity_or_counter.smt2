; d5380005  mrs x5, midr_el1
(= x5' (answer (log trace #b11 #x0000000000000000 #x000000000000c000)))
(= trace' (log trace #b11 #x0000000000000000 #x000000000000c000))

; d53be040  mrs x0, cntvct_el0
(= x0' (answer (log trace #b11 #x0000000000000000 #x000000000000df02)))
(= trace' (log trace #b11 #x0000000000000000 #x000000000000df02))
