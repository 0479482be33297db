; d51bd040  msr tpidr_el0, x0
(= tpidr' x0)
