# Describes a network with so many weights that their number takes for ever to write down.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

import sys

from forgery import on_description
from honest import build_augmentation, build_model, training_plan

sys.set_int_max_str_digits(0)
huge = [[10**4200, 10**4200]]
on_description(lambda description: description["layers"][1].update(weight_shapes=huge))
