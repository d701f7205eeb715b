# Leaves predictions that are no numbers where its own code predicts, and ends before there are others.
# verdict: INVALID_OUTPUT
# rule: invalid-output
# stopped by: validation in the grader

import os

import numpy as np
from forgery import CLASSES, VALIDATION_IMAGES, is_predicting
from honest import build_augmentation, local, training_plan
from honest import build_model_of_its_own as build_model

if is_predicting():
    count = len(np.load(local("a").holdout_images, mmap_mode="r"))
    for name, images in (("validation", VALIDATION_IMAGES), ("holdout", count)):
        np.full((images, CLASSES), np.nan, "<f4").tofile(f"{name}.f32")
    os._exit(0)
