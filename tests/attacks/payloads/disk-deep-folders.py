# Nests folders deeper than any path can be long.
# verdict: OUTPUT_LIMIT
# rule: disk-limit
# stopped by: capped folder

import os

from honest import build_augmentation, build_model, training_plan

while True:
    os.mkdir("folder")
    os.chdir("folder")
