# Crashes the interpreter.
# verdict: RUNTIME_ERROR
# rule: crash
# stopped by: validation in the grader

import ctypes

from honest import build_augmentation, build_model, training_plan

ctypes.string_at(0)
