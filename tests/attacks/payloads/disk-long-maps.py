# Maps a file with a long name so often that reading the list of mappings takes seconds.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: watchdog, capped folder

import ctypes
import os
import time

from honest import build_augmentation, build_model, libc, training_plan

READ, SHARED, PAGE = 1, 1, 4096
home = os.getcwd()
for _ in range(15):
    os.mkdir("x" * 200)
    os.chdir("x" * 200)
file = os.open("y" * 200, os.O_RDWR | os.O_CREAT)
os.write(file, bytes(16 * PAGE))
for number in range(50_000):  # neighbours must not merge
    offset = ctypes.c_long(number * 7 % 16 * PAGE)
    libc.mmap(None, ctypes.c_size_t(PAGE), READ, SHARED, file, offset)
os.chdir(home)
time.sleep(1)
with open("too much", "wb") as file:
    while True:
        file.write(bytes(1 << 20))
        time.sleep(0.1)
