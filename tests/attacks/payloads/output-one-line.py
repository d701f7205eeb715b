# Prints one line that is as long as all it may print.
# verdict: GRADED
# stopped by: the grader copes
# shows: xxxx

from honest import build_augmentation, build_model, training_plan

print("x" * 300_000, end="")
