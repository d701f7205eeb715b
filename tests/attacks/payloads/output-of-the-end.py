# Prints as much as fits into the pipe and dies at once, again and again in both jobs.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: the grader copes
# shows: xxxx

import os

from honest import build_augmentation, build_model, training_plan

os.write(1, b"x" * 65536)
os._exit(3)
