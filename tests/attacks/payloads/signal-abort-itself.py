# Crashes, hoping that this counts as our fault.
# verdict: RUNTIME_ERROR
# rule: crash
# stopped by: validation in the grader

import os

from honest import attempt, build_augmentation, build_model, training_plan

os.abort()
