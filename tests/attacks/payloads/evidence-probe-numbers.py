# Says that its augmentation makes of pictures what is no number, or larger than any.
# verdict: GRADED
# stopped by: the grader's own arithmetic
# shows: forged after leave_probe
# pictures: kept
# page shows: id="augmentation"

import numpy as np
from forgery import on_probe
from honest import build_augmentation, build_model, training_plan

wild = [np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45, 0, 255]
on_probe(lambda numbers: np.resize(wild, len(numbers)).astype("<f4"))
