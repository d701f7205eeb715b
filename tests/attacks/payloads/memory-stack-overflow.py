# Overflows the stack of native code.
# verdict: RUNTIME_ERROR
# rule: crash
# stopped by: end of the process

import sys

from honest import build_augmentation, build_model, training_plan

sys.setrecursionlimit(10**9)
nested = None
for _ in range(10**6):
    nested = [nested]
repr(nested)
