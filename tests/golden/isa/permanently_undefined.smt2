; 00000000  udf #0
Undefined: UNDEFINED
