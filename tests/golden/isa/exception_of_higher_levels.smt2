; d4000002  hvc #0
Undefined: UNDEFINED
