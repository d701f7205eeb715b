# Reserves room behind the end of its files, where their size does not show it.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import os
import time

from honest import build_augmentation, build_model, syscall, training_plan

KEEP_SIZE = 1
for number in range(16):
    file = os.open(f"{number}", os.O_RDWR | os.O_CREAT)
    syscall("fallocate", file, KEEP_SIZE, 0, 4 << 20)
time.sleep(5)
