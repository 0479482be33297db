; 0e205820  cnt v0.8b, v1.8b
(=
  v0'
  ((_ zero_extend 64)
    (concat
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 56 56) v1)) ((_ zero_extend 7) ((_ extract 57 57) v1)))
                  ((_ zero_extend 7) ((_ extract 58 58) v1)))
                ((_ zero_extend 7) ((_ extract 59 59) v1)))
              ((_ zero_extend 7) ((_ extract 60 60) v1)))
            ((_ zero_extend 7) ((_ extract 61 61) v1)))
          ((_ zero_extend 7) ((_ extract 62 62) v1)))
        ((_ zero_extend 7) ((_ extract 63 63) v1)))
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 48 48) v1)) ((_ zero_extend 7) ((_ extract 49 49) v1)))
                  ((_ zero_extend 7) ((_ extract 50 50) v1)))
                ((_ zero_extend 7) ((_ extract 51 51) v1)))
              ((_ zero_extend 7) ((_ extract 52 52) v1)))
            ((_ zero_extend 7) ((_ extract 53 53) v1)))
          ((_ zero_extend 7) ((_ extract 54 54) v1)))
        ((_ zero_extend 7) ((_ extract 55 55) v1)))
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 40 40) v1)) ((_ zero_extend 7) ((_ extract 41 41) v1)))
                  ((_ zero_extend 7) ((_ extract 42 42) v1)))
                ((_ zero_extend 7) ((_ extract 43 43) v1)))
              ((_ zero_extend 7) ((_ extract 44 44) v1)))
            ((_ zero_extend 7) ((_ extract 45 45) v1)))
          ((_ zero_extend 7) ((_ extract 46 46) v1)))
        ((_ zero_extend 7) ((_ extract 47 47) v1)))
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 32 32) v1)) ((_ zero_extend 7) ((_ extract 33 33) v1)))
                  ((_ zero_extend 7) ((_ extract 34 34) v1)))
                ((_ zero_extend 7) ((_ extract 35 35) v1)))
              ((_ zero_extend 7) ((_ extract 36 36) v1)))
            ((_ zero_extend 7) ((_ extract 37 37) v1)))
          ((_ zero_extend 7) ((_ extract 38 38) v1)))
        ((_ zero_extend 7) ((_ extract 39 39) v1)))
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 24 24) v1)) ((_ zero_extend 7) ((_ extract 25 25) v1)))
                  ((_ zero_extend 7) ((_ extract 26 26) v1)))
                ((_ zero_extend 7) ((_ extract 27 27) v1)))
              ((_ zero_extend 7) ((_ extract 28 28) v1)))
            ((_ zero_extend 7) ((_ extract 29 29) v1)))
          ((_ zero_extend 7) ((_ extract 30 30) v1)))
        ((_ zero_extend 7) ((_ extract 31 31) v1)))
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 16 16) v1)) ((_ zero_extend 7) ((_ extract 17 17) v1)))
                  ((_ zero_extend 7) ((_ extract 18 18) v1)))
                ((_ zero_extend 7) ((_ extract 19 19) v1)))
              ((_ zero_extend 7) ((_ extract 20 20) v1)))
            ((_ zero_extend 7) ((_ extract 21 21) v1)))
          ((_ zero_extend 7) ((_ extract 22 22) v1)))
        ((_ zero_extend 7) ((_ extract 23 23) v1)))
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 8 8) v1)) ((_ zero_extend 7) ((_ extract 9 9) v1)))
                  ((_ zero_extend 7) ((_ extract 10 10) v1)))
                ((_ zero_extend 7) ((_ extract 11 11) v1)))
              ((_ zero_extend 7) ((_ extract 12 12) v1)))
            ((_ zero_extend 7) ((_ extract 13 13) v1)))
          ((_ zero_extend 7) ((_ extract 14 14) v1)))
        ((_ zero_extend 7) ((_ extract 15 15) v1)))
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd
                (bvadd
                  (bvadd ((_ zero_extend 7) ((_ extract 0 0) v1)) ((_ zero_extend 7) ((_ extract 1 1) v1)))
                  ((_ zero_extend 7) ((_ extract 2 2) v1)))
                ((_ zero_extend 7) ((_ extract 3 3) v1)))
              ((_ zero_extend 7) ((_ extract 4 4) v1)))
            ((_ zero_extend 7) ((_ extract 5 5) v1)))
          ((_ zero_extend 7) ((_ extract 6 6) v1)))
        ((_ zero_extend 7) ((_ extract 7 7) v1))))))
