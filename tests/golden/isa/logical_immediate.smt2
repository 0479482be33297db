; 92401c20  and x0, x1, #0xff
(= x0' (bvand x1 #x00000000000000ff))
