# Deletes files and closes them; a page that stays mapped keeps all of each.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import ctypes
import os
import time

from honest import build_augmentation, build_model, libc, training_plan

READ, SHARED = 1, 1
for _ in range(60):
    file = os.open("file", os.O_RDWR | os.O_CREAT | os.O_EXCL)
    os.write(file, bytes(1 << 20))
    libc.mmap(None, ctypes.c_size_t(4096), READ, SHARED, file, ctypes.c_long(0))
    os.unlink("file")
    os.close(file)
time.sleep(5)
