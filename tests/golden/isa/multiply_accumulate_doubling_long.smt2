; 5e629020  sqdmlal s0, h1, h2
(=
  v0'
  (let ((?1 ((_ extract 15 0) v1)))
  (let ((?2 ((_ extract 15 0) v2)))
  (let ((?3 (bvadd
            ((_ sign_extend 1) ((_ extract 31 0) v0))
            ((_ sign_extend 1)
              (ite (and (= ?1 #x8000) (= ?2 #x8000)) #x7fffffff
              (bvshl (bvmul ((_ sign_extend 16) ?1) ((_ sign_extend 16) ?2)) #x00000001))))))
  ((_ zero_extend 96)
    (ite (bvslt #b001111111111111111111111111111111 ?3) #x7fffffff
    (ite (bvslt ?3 #b110000000000000000000000000000000) #x80000000 ((_ extract 31 0) ?3))))))))
(=
  fpsr'
  (let ((?1 ((_ extract 15 0) v1)))
  (let ((?2 ((_ extract 15 0) v2)))
  (let ((?3 (and (= ?1 #x8000) (= ?2 #x8000))))
  (let ((?4 (bvadd
            ((_ sign_extend 1) ((_ extract 31 0) v0))
            ((_ sign_extend 1)
              (ite ?3 #x7fffffff (bvshl (bvmul ((_ sign_extend 16) ?1) ((_ sign_extend 16) ?2)) #x00000001))))))
  (ite
    (or ?3 (or (bvslt #b001111111111111111111111111111111 ?4) (bvslt ?4 #b110000000000000000000000000000000)))
    (bvor fpsr #x0000000008000000)
    fpsr))))))
