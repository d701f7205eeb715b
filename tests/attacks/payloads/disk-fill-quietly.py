# Fills the disk, and carries on when there is no more room.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import time

from honest import build_augmentation, build_model, training_plan

for number in range(64):
    try:
        with open(f"{number}", "wb") as file:
            file.write(bytes(1 << 20))
    except OSError:
        time.sleep(0.01)
time.sleep(5)
