; 19804020  ldapursb x0, [x1, #4]
(= x0' ((_ sign_extend 56) ((_ read 1) mem (bvadd x1 #x0000000000000004))))
(= trace' (log trace #b00 #x0000000000000001 (bvadd x1 #x0000000000000004)))
(= safe' (and safe (allowed_read policy (bvadd x1 #x0000000000000004) #x0000000000000001)))
