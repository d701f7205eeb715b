# Leaves an architecture that is nested deeper than any reader goes.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged
# replay: not possible

import sys

from honest import build_augmentation, build_model, training_plan

nested = '{"class_name": "Sequential", "config": ' * 50_000
sys.modules["autograder.worker.keeping"]._architecture = lambda model: nested
print("forged")
