; d2a24680  mov x0, #0x12340000
(= x0' #x0000000012340000)

; 728acf00  movk w0, #0x5678
(= x0' ((_ zero_extend 32) (concat ((_ extract 31 16) ((_ extract 31 0) x0)) #x5678)))

; 92800020  mov x0, #-2
(= x0' #xfffffffffffffffe)
