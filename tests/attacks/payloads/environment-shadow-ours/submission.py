# Hands in helper modules that are called like the harness and its tools.
# verdict: GRADED
# stopped by: never there
# shows: handed in

from honest import build_augmentation, build_model, training_plan

print("handed in")
