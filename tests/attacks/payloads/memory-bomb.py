# Takes all the memory there is.
# verdict: MEMORY_LIMIT
# rule: memory-limit
# stopped by: rlimit or watchdog

import numpy as np
from honest import build_augmentation, build_model, training_plan

kept = []
while True:
    kept.append(np.ones(4 << 20))
