; 0f20a420  sshll v0.2d, v1.2s, #0
(= v0' (concat ((_ sign_extend 32) ((_ extract 63 32) v1)) ((_ sign_extend 32) ((_ extract 31 0) v1))))
