# Reports epochs that never were, and how far it is, in numbers without end.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

import time

from forgery import EPOCH, forge_training, is_training
from honest import build_augmentation, build_model, training_plan

if is_training():
    for words in ("-1 -1", "0 0", "9" * 30 + " " + "9" * 30, "\x1b[31m ::error::x"):
        with open("progress", "w") as file:
            file.write(words)
        time.sleep(0.5)
    forge_training(history=[EPOCH] * 3)
