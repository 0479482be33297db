; d503309f  ssbb
