# Leaves an architecture that is nested deeper than any reader goes.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged
# replay: not possible

from forgery import replace_file
from honest import build_augmentation, build_model, training_plan

replace_file("architecture.json", '{"class_name": "Sequential", "config": ' * 50_000)
print("forged")
