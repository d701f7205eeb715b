# Describes a network with so many weights that their number takes for ever to write down.
# verdict: RUNTIME_ERROR
# rule: incomplete
# stopped by: validation in the grader

import sys

from forgery import forge_description
from honest import build_augmentation, build_model, training_plan

sys.set_int_max_str_digits(0)
huge = 10**4200
forge_description(weight_shapes=[[huge, huge]])
