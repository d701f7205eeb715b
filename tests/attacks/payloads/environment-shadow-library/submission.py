# Hands in helper modules that are called like libraries.
# verdict: REJECTED
# rule: module-name
# stopped by: validation in the grader

from honest import build_augmentation, build_model, training_plan
