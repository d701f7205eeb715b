"""What a page shows of the public images."""

from __future__ import annotations

import numpy as np

from autograder.gathering import augmented_pictures, wrong_answers
from autograder.measures import Mistakes
from autograder.probing.facts import ProbePictures

LABELS = np.array([0, 0, 0, 1, 1, 2], np.int32)
IMAGES = np.stack([np.full((4, 4, 3), 10 * number, np.uint8) for number in range(6)])
# Reads the second and third image of class 0 as class 1, the last one of class 1 as class 2.
SCORES = np.array(
    [[0.9, 0.1, 0], [0.4, 0.6, 0], [0.1, 0.9, 0], [0, 1, 0], [0, 0.3, 0.7], [0, 0, 1]], np.float32
)


def test_mistakes_are_shown_in_their_order_the_surest_first() -> None:
    found = wrong_answers(SCORES, LABELS, IMAGES, [Mistakes(1, 2, 5), Mistakes(0, 1, 3)])
    assert found is not None
    assert found.class_ids.tolist() == [1, 0, 0]
    assert found.read_as.tolist() == [2, 1, 1]
    assert found.images[:, 0, 0, 0].tolist() == [40, 20, 10]
    np.testing.assert_allclose(found.confidence, [0.7, 0.9, 0.6], atol=1e-6)


def test_no_more_than_five_pairs_and_six_images_of_each_are_shown() -> None:
    labels = np.repeat(np.arange(6, dtype=np.int32), 10)
    scores = np.eye(6, dtype=np.float32)[(labels + 1) % 6]
    mistakes = [Mistakes(class_id, (class_id + 1) % 6, 10) for class_id in range(6)]
    found = wrong_answers(scores, labels, np.zeros((60, 4, 4, 3), np.uint8), mistakes)
    assert found is not None
    assert np.bincount(found.class_ids).tolist() == [6] * 5


def test_mistakes_without_an_image_to_show_are_left_out() -> None:
    # They were made on the holdout, whose images nobody gets to see.
    assert wrong_answers(SCORES, LABELS, IMAGES, [Mistakes(2, 0, 9)]) is None


def test_augmented_pictures_are_rounded_into_the_range_of_pixels() -> None:
    signs = np.array([-3.0, 0.6, 254.4, 300.0], np.float32).reshape(4, 1, 1, 1)
    sign = np.zeros((1, 1, 1), np.uint8)
    pictures = ProbePictures(signs, signs, signs, sign, signs)
    shown = augmented_pictures(pictures).augmented
    assert shown is not None
    assert shown.ravel().tolist() == [0, 1, 254, 255]
