; d503305f  clrex #0
(= monitor' #x000000000000000000)
