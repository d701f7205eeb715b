# Ends like a job that could not be started, which would be tried again and be our fault.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: status pipe

import os

from honest import build_augmentation, build_model, training_plan

os._exit(97)
