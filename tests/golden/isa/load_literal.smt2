; d8000080  prfm pldl1keep, #0x10
