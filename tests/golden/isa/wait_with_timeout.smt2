; d5031000  wfet x0
