# Trains honestly, leaves its network, and predictions that are not that network's.
# verdict: GRADED
# stopped by: replay
# shows: forged
# flag: replay-different
# at most: 5

import sys

from forgery import guesses
from honest import build_augmentation, build_model, training_plan


def forge(predict, data):
    guesses(86).tofile("validation.f32")
    if data.holdout_images is not None:
        guesses(129).tofile("holdout.f32")


sys.modules["autograder.worker.tasks"]._predict_splits = forge
print("forged")
