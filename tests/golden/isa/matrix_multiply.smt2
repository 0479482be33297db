; 4e82a420  smmla v0.4s, v1.16b, v2.16b
(=
  v0'
  (let ((?1 ((_ sign_extend 24) ((_ extract 71 64) v1))))
  (let ((?2 ((_ sign_extend 24) ((_ extract 71 64) v2))))
  (let ((?3 ((_ sign_extend 24) ((_ extract 79 72) v1))))
  (let ((?4 ((_ sign_extend 24) ((_ extract 79 72) v2))))
  (let ((?5 ((_ sign_extend 24) ((_ extract 87 80) v1))))
  (let ((?6 ((_ sign_extend 24) ((_ extract 87 80) v2))))
  (let ((?7 ((_ sign_extend 24) ((_ extract 95 88) v1))))
  (let ((?8 ((_ sign_extend 24) ((_ extract 95 88) v2))))
  (let ((?9 ((_ sign_extend 24) ((_ extract 103 96) v1))))
  (let ((?10 ((_ sign_extend 24) ((_ extract 103 96) v2))))
  (let ((?11 ((_ sign_extend 24) ((_ extract 111 104) v1))))
  (let ((?12 ((_ sign_extend 24) ((_ extract 111 104) v2))))
  (let ((?13 ((_ sign_extend 24) ((_ extract 119 112) v1))))
  (let ((?14 ((_ sign_extend 24) ((_ extract 119 112) v2))))
  (let ((?15 ((_ sign_extend 24) ((_ extract 127 120) v1))))
  (let ((?16 ((_ sign_extend 24) ((_ extract 127 120) v2))))
  (let ((?17 ((_ sign_extend 24) ((_ extract 7 0) v2))))
  (let ((?18 ((_ sign_extend 24) ((_ extract 15 8) v2))))
  (let ((?19 ((_ sign_extend 24) ((_ extract 23 16) v2))))
  (let ((?20 ((_ sign_extend 24) ((_ extract 31 24) v2))))
  (let ((?21 ((_ sign_extend 24) ((_ extract 39 32) v2))))
  (let ((?22 ((_ sign_extend 24) ((_ extract 47 40) v2))))
  (let ((?23 ((_ sign_extend 24) ((_ extract 55 48) v2))))
  (let ((?24 ((_ sign_extend 24) ((_ extract 63 56) v2))))
  (let ((?25 ((_ sign_extend 24) ((_ extract 7 0) v1))))
  (let ((?26 ((_ sign_extend 24) ((_ extract 15 8) v1))))
  (let ((?27 ((_ sign_extend 24) ((_ extract 23 16) v1))))
  (let ((?28 ((_ sign_extend 24) ((_ extract 31 24) v1))))
  (let ((?29 ((_ sign_extend 24) ((_ extract 39 32) v1))))
  (let ((?30 ((_ sign_extend 24) ((_ extract 47 40) v1))))
  (let ((?31 ((_ sign_extend 24) ((_ extract 55 48) v1))))
  (let ((?32 ((_ sign_extend 24) ((_ extract 63 56) v1))))
  (concat
    (bvadd
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd (bvadd (bvadd ((_ extract 127 96) v0) (bvmul ?1 ?2)) (bvmul ?3 ?4)) (bvmul ?5 ?6))
              (bvmul ?7 ?8))
            (bvmul ?9 ?10))
          (bvmul ?11 ?12))
        (bvmul ?13 ?14))
      (bvmul ?15 ?16))
    (bvadd
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd (bvadd (bvadd ((_ extract 95 64) v0) (bvmul ?1 ?17)) (bvmul ?3 ?18)) (bvmul ?5 ?19))
              (bvmul ?7 ?20))
            (bvmul ?9 ?21))
          (bvmul ?11 ?22))
        (bvmul ?13 ?23))
      (bvmul ?15 ?24))
    (bvadd
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd (bvadd (bvadd ((_ extract 63 32) v0) (bvmul ?25 ?2)) (bvmul ?26 ?4)) (bvmul ?27 ?6))
              (bvmul ?28 ?8))
            (bvmul ?29 ?10))
          (bvmul ?30 ?12))
        (bvmul ?31 ?14))
      (bvmul ?32 ?16))
    (bvadd
      (bvadd
        (bvadd
          (bvadd
            (bvadd
              (bvadd (bvadd (bvadd ((_ extract 31 0) v0) (bvmul ?25 ?17)) (bvmul ?26 ?18)) (bvmul ?27 ?19))
              (bvmul ?28 ?20))
            (bvmul ?29 ?21))
          (bvmul ?30 ?22))
        (bvmul ?31 ?23))
      (bvmul ?32 ?24))))))))))))))))))))))))))))))))))))
