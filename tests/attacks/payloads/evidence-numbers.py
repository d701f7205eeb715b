# Leaves maps and occlusions that are no numbers, or larger than any arithmetic with them.
# verdict: GRADED
# stopped by: the grader's own arithmetic
# shows: forged after leave_look
# pictures: kept
# page shows: id="sees"

import numpy as np
from forgery import on_looks
from honest import build_augmentation, build_model, training_plan

largest = float(np.finfo("<f4").max)


def spoil(looks, numbers):
    wild = np.resize([np.nan, np.inf, -np.inf, largest, -largest, 1e-45, 0], len(numbers))
    return looks, wild.astype("<f4")


on_looks(spoil)
