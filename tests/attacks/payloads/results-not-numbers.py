# Leaves predictions that are no numbers, hoping that every comparison with them holds.
# verdict: INVALID_OUTPUT
# rule: invalid-output
# stopped by: validation in the grader

import numpy as np
from forgery import replace_predictions
from honest import build_augmentation, build_model, training_plan

replace_predictions(lambda images: np.full((images, 43), np.nan, "<f4"))
