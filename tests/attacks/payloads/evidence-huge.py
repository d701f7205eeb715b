# Leaves more to look at than the grader should read, and more than it should parse.
# verdict: GRADED
# stopped by: validation in the grader
# shows: forged after leave_look
# pictures: kept
# page lacks: id="sees"

import numpy as np
from forgery import on_looks
from honest import build_augmentation, build_model, training_plan

on_looks(lambda looks, numbers: ("[" * 250_000, np.zeros(1 << 20, "<f4")))
