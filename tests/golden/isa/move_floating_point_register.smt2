; d53b4400  mrs x0, fpcr
(= x0' fpcr)
