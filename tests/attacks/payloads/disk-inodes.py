# Makes as many empty files as there can be.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import time

from honest import build_augmentation, build_model, training_plan

for number in range(20_000):
    open(f"{number}", "wb").close()
time.sleep(5)
