# Computes in ten threads at once, to have more time than others.
# verdict: TIME_LIMIT
# rule: cpu-limit
# stopped by: rlimit

import hashlib
import threading

from honest import build_augmentation, build_model, training_plan


def work():
    block = bytes(1 << 20)
    while True:
        hashlib.sha256(block)  # without the interpreter's lock


for _ in range(10):
    threading.Thread(target=work).start()
threading.Event().wait()
