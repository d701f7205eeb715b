"""Chooses what a report's page shows of the public images: never one of the holdout."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autograder.diagnoses.symptoms import probabilities
from autograder.evidence import Evidence, WrongAnswers
from autograder.measures import Mistakes
from autograder.probing.facts import ProbePictures

PAIRS = 5
_IMAGES_OF_A_PAIR = 6


def wrong_answers(
    predictions: NDArray[np.float32],
    labels: NDArray[np.int32],
    images: NDArray[np.uint8],
    mistakes: Sequence[Mistakes],
) -> WrongAnswers | None:
    """Return the images that were misread with the most confidence, of the most frequent mistakes.

    Args:
        predictions: For the validation images, shape (count, classes).
        labels: What they show, shape (count,).
        images: Shape (count, size, size, 3).
        mistakes: Most frequent first; of any split.

    Returns:
        None if there are no such images.
    """
    scores = probabilities(predictions)
    read_as = predictions.argmax(axis=1)
    chosen: list[int] = []
    for one in mistakes[:PAIRS]:
        places = np.flatnonzero((labels == one.class_id) & (read_as == one.read_as))
        in_order = np.argsort(-scores[places, one.read_as], kind="stable")
        chosen += places[in_order][:_IMAGES_OF_A_PAIR].tolist()
    if not chosen:
        return None
    return WrongAnswers(
        images=np.asarray(images[chosen]),
        class_ids=labels[chosen].astype(np.int32),
        read_as=read_as[chosen].astype(np.int32),
        confidence=scores[chosen, read_as[chosen]].astype(np.float32),
    )


def augmented_pictures(pictures: ProbePictures) -> Evidence:
    """Return an image before and after the augmentation."""
    signs = np.clip(np.rint(pictures.signs), 0, 255).astype(np.uint8)
    return Evidence(sign=pictures.sign, augmented=signs)
