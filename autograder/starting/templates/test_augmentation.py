"""A check of your own, in pytest. It sees images, never the student's code.

To give points for it, add to the rubric in grading.yaml:

  - id: gentle
    title: The augmentation leaves images recognisable
    points: 5
    check: solutions/checks/test_augmentation.py::test_augmentation_is_gentle
"""

import numpy as np


def test_augmentation_is_gentle(submission):
    first, _ = submission.augmented
    assert np.abs(first - submission.originals).mean() < 80, (
        "The augmentation changes images so much that hardly anything is left of them."
    )
