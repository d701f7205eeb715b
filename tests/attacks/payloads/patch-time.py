# Stops the clocks that Python shows.
# verdict: GRADED
# stopped by: the kernel's accounting
# shows: patched

import os
import time

from honest import build_augmentation, build_model, training_plan

time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
os.times = lambda: (0.0,) * 5
print("patched")
