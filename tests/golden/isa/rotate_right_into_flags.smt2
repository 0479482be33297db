; ba020420  rmif x1, #4, #0
