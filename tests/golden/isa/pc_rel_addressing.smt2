; 10000020  adr x0, #4
(= x0' (bvadd pc #x0000000000000004))

; 90000020  adrp x0, #0x4000
(= x0' (bvadd (concat ((_ extract 63 12) pc) #x000) #x0000000000004000))
