; 7e428420  sqrdmlah h0, h1, h2
(=
  v0'
  (let ((?1 (bvashr
            (bvadd
              (bvadd
                (bvshl ((_ sign_extend 16) ((_ extract 15 0) v0)) #x0000000f)
                (bvmul ((_ sign_extend 16) ((_ extract 15 0) v1)) ((_ sign_extend 16) ((_ extract 15 0) v2))))
              #x00004000)
            #x0000000f)))
  ((_ zero_extend 112) (ite (bvslt #x00007fff ?1) #x7fff (ite (bvslt ?1 #xffff8000) #x8000 ((_ extract 15 0) ?1))))))
(=
  fpsr'
  (let ((?1 (bvashr
            (bvadd
              (bvadd
                (bvshl ((_ sign_extend 16) ((_ extract 15 0) v0)) #x0000000f)
                (bvmul ((_ sign_extend 16) ((_ extract 15 0) v1)) ((_ sign_extend 16) ((_ extract 15 0) v2))))
              #x00004000)
            #x0000000f)))
  (ite (or (bvslt #x00007fff ?1) (bvslt ?1 #xffff8000)) (bvor fpsr #x0000000008000000) fpsr)))
