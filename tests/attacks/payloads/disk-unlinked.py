# Writes files and deletes them at once, but keeps them open.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import os
import time

from honest import build_augmentation, build_model, training_plan

kept = []
for number in range(60):
    kept.append(open("file", "wb"))
    kept[-1].write(bytes(1 << 20))
    kept[-1].flush()
    os.unlink("file")
time.sleep(5)
