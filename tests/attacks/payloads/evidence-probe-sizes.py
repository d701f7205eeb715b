# Leaves one picture more of its augmentation than it was asked for.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged after leave_probe
# pictures: kept
# page lacks: id="augmentation"

import numpy as np
from forgery import on_probe
from honest import build_augmentation, build_model, training_plan

on_probe(lambda numbers: np.concatenate([numbers, numbers[: 16 * 16 * 3]]))
