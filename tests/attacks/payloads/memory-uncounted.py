# Grows its stack downwards, which the limit on private memory does not count.
# verdict: MEMORY_LIMIT
# rule: memory-limit
# stopped by: watchdog

import ctypes
import time

from honest import build_augmentation, build_model, libc, training_plan

libc.mmap.restype = ctypes.c_void_p
PRIVATE, ANONYMOUS, GROWSDOWN, POPULATE = 2, 0x20, 0x100, 0x8000
for _ in range(20):
    flags = PRIVATE | ANONYMOUS | GROWSDOWN | POPULATE
    libc.mmap(None, ctypes.c_size_t(64 << 20), 3, flags, -1, ctypes.c_long(0))
    time.sleep(0.1)
time.sleep(600)
