; d53b00e0  mrs x0, dczid_el0
(= x0' #x0000000000000004)
