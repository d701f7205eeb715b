# Prints bytes that are no text.
# verdict: GRADED
# stopped by: the grader copes
# shows: bytes follow

import os

from honest import build_augmentation, build_model, training_plan

print("bytes follow", flush=True)
os.write(1, bytes(range(256)) * 100 + b"\xed\xa0\x80\xff\xfe\x00")
