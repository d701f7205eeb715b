# Maps holes of files and fills them there, past every write that could be refused.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import mmap
import os
import time

from honest import build_augmentation, build_model, training_plan

for number in range(16):
    file = os.open(f"{number}", os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, 4 << 20)
    memory = mmap.mmap(file, 4 << 20)
    for page in range(0, 4 << 20, 4096):
        memory[page] = 1
time.sleep(5)
