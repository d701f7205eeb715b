# Leaves predictions of the easy images only.
# verdict: INVALID_OUTPUT
# rule: invalid-output
# stopped by: validation in the grader

import forgery
import numpy as np
from honest import build_augmentation, build_model, training_plan

forgery.guesses = lambda images: np.zeros((images - 1, 43), "<f4")
if forgery.is_training():
    forgery.forge_training()
