; 1ac24020  crc32b w0, w1, w2
(=
  x0'
  (let ((?1 (bvxor
            (concat
              (concat
                ((_ extract 0 0) x1) ((_ extract 1 1) x1) ((_ extract 2 2) x1) ((_ extract 3 3) x1) ((_ extract 4 4) x1)
                ((_ extract 5 5) x1) ((_ extract 6 6) x1) ((_ extract 7 7) x1) ((_ extract 8 8) x1) ((_ extract 9 9) x1)
                ((_ extract 10 10) x1) ((_ extract 11 11) x1) ((_ extract 12 12) x1) ((_ extract 13 13) x1)
                ((_ extract 14 14) x1) ((_ extract 15 15) x1) ((_ extract 16 16) x1) ((_ extract 17 17) x1)
                ((_ extract 18 18) x1) ((_ extract 19 19) x1) ((_ extract 20 20) x1) ((_ extract 21 21) x1)
                ((_ extract 22 22) x1) ((_ extract 23 23) x1) ((_ extract 24 24) x1) ((_ extract 25 25) x1)
                ((_ extract 26 26) x1) ((_ extract 27 27) x1) ((_ extract 28 28) x1) ((_ extract 29 29) x1)
                ((_ extract 30 30) x1) ((_ extract 31 31) x1))
              #x00)
            (concat
              (concat
                ((_ extract 0 0) x2) ((_ extract 1 1) x2) ((_ extract 2 2) x2) ((_ extract 3 3) x2) ((_ extract 4 4) x2)
                ((_ extract 5 5) x2) ((_ extract 6 6) x2) ((_ extract 7 7) x2))
              #x00000000))))
  (let ((?2 ((_ extract 39 39) ?1)))
  (let ((?3 (bvxor
            ((_ extract 38 0) ?1)
            (bvand
              (concat
                ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2 ?2
                ?2 ?2 ?2 ?2)
              #b000001001100000100011101101101110000000))))
  (let ((?4 ((_ extract 38 38) ?3)))
  (let ((?5 (bvxor
            ((_ extract 37 0) ?3)
            (bvand
              (concat
                ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4 ?4
                ?4 ?4 ?4)
              #b00000100110000010001110110110111000000))))
  (let ((?6 ((_ extract 37 37) ?5)))
  (let ((?7 (bvxor
            ((_ extract 36 0) ?5)
            (bvand
              (concat
                ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6 ?6
                ?6 ?6)
              #b0000010011000001000111011011011100000))))
  (let ((?8 ((_ extract 36 36) ?7)))
  (let ((?9 (bvxor
            ((_ extract 35 0) ?7)
            (bvand
              (concat
                ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8 ?8
                ?8)
              #x04c11db70))))
  (let ((?10 ((_ extract 35 35) ?9)))
  (let ((?11 (bvxor
            ((_ extract 34 0) ?9)
            (bvand
              (concat
                ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10
                ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10 ?10)
              #b00000100110000010001110110110111000))))
  (let ((?12 ((_ extract 34 34) ?11)))
  (let ((?13 (bvxor
            ((_ extract 33 0) ?11)
            (bvand
              (concat
                ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12
                ?12 ?12 ?12 ?12 ?12 ?12 ?12 ?12)
              #b0000010011000001000111011011011100))))
  (let ((?14 ((_ extract 33 33) ?13)))
  (let ((?15 (bvxor
            ((_ extract 32 0) ?13)
            (bvand
              (concat
                ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14 ?14
                ?14 ?14 ?14 ?14 ?14 ?14 ?14)
              #b000001001100000100011101101101110))))
  (let ((?16 ((_ extract 32 32) ?15)))
  (let ((?17 (bvxor
            ((_ extract 31 0) ?15)
            (bvand
              (concat
                ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16 ?16
                ?16 ?16 ?16 ?16 ?16 ?16)
              #x04c11db7))))
  ((_ zero_extend 32)
    (concat
      ((_ extract 0 0) ?17) ((_ extract 1 1) ?17) ((_ extract 2 2) ?17) ((_ extract 3 3) ?17) ((_ extract 4 4) ?17)
      ((_ extract 5 5) ?17) ((_ extract 6 6) ?17) ((_ extract 7 7) ?17) ((_ extract 8 8) ?17) ((_ extract 9 9) ?17)
      ((_ extract 10 10) ?17) ((_ extract 11 11) ?17) ((_ extract 12 12) ?17) ((_ extract 13 13) ?17)
      ((_ extract 14 14) ?17) ((_ extract 15 15) ?17) ((_ extract 16 16) ?17) ((_ extract 17 17) ?17)
      ((_ extract 18 18) ?17) ((_ extract 19 19) ?17) ((_ extract 20 20) ?17) ((_ extract 21 21) ?17)
      ((_ extract 22 22) ?17) ((_ extract 23 23) ?17) ((_ extract 24 24) ?17) ((_ extract 25 25) ?17)
      ((_ extract 26 26) ?17) ((_ extract 27 27) ?17) ((_ extract 28 28) ?17) ((_ extract 29 29) ?17)
      ((_ extract 30 30) ?17) ((_ extract 31 31) ?17)))))))))))))))))))))
