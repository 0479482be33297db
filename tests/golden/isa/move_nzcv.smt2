; d51b4200  msr nzcv, x0
(= n' ((_ extract 3 3) ((_ extract 31 28) x0)))
(= z' ((_ extract 2 2) ((_ extract 31 28) x0)))
(= c' ((_ extract 1 1) ((_ extract 31 28) x0)))
(= v' ((_ extract 0 0) ((_ extract 31 28) x0)))
