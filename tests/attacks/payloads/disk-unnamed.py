# Writes files that never had a name.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import os
import time

from honest import build_augmentation, build_model, training_plan

for _ in range(60):
    os.write(os.open(".", os.O_TMPFILE | os.O_RDWR), bytes(1 << 20))
time.sleep(5)
