# Puts a folder where the grader expects a file.
# verdict: RUNTIME_ERROR
# rule: exception
# stopped by: validation in the grader

import os

from honest import build_augmentation, build_model, training_plan

os.mkdir("description.json")
