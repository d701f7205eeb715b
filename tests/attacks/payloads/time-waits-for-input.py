# Waits for somebody to type something.
# verdict: RUNTIME_ERROR
# rule: exception
# stopped by: never there

from honest import build_augmentation, build_model, training_plan

input("password: ")
