# Makes a file of a tebibyte that takes no room, to trip up whoever copies it.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: rlimit

import os

from honest import build_augmentation, build_model, training_plan

os.ftruncate(os.open("sparse", os.O_RDWR | os.O_CREAT), 1 << 40)
