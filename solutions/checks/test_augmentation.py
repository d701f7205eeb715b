"""The instructor's checks on the augmentation. They see images, never the student's code."""

import numpy as np


def test_augmentation_is_stochastic(submission):
    first, second = submission.augmented
    assert np.abs(first - submission.originals).mean() > 1, (
        "The augmentation leaves training images as they are. Try small rotations, shifts, "
        "zooms or other light, one at a time, and watch the validation accuracy."
    )
    assert np.abs(first - second).mean() > 1, (
        "The augmentation does the same to an image every time, so the network sees nothing new "
        "in the second epoch. Use layers that draw at random, such as RandomTranslation."
    )
