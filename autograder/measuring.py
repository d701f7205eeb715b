"""How good raw predictions are for what is scored; they may come from any process."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Labels
from autograder.measures import Metrics
from autograder.metrics import evaluate, read_predictions
from autograder.models import Finding
from autograder.replay import Predictions
from autograder.robustness import robustness


@dataclass(frozen=True, eq=False)
class Measured:
    """Predictions of the split that is scored, measured.

    Attributes:
        metrics: Of that split.
        predicted: Class ids, shape (n,).
        corrupted: Class ids of its corrupted images, in their order; None if there are none.
    """

    metrics: Metrics
    predicted: NDArray[np.int64]
    corrupted: NDArray[np.int64] | None


def measure(labels: Labels, predictions: Predictions, num_classes: int) -> Measured | Finding:
    """Return how good predictions are, or what is wrong with them.

    Args:
        labels: Of the split that is scored: the holdout, or at a student's the validation split.
        predictions: Little-endian float32, unchecked.
        num_classes: Number of classes.
    """
    raw = predictions.validation if labels.holdout is None else predictions.holdout
    scored = read_predictions(raw, labels.scored.size, num_classes)
    if isinstance(scored, Finding):
        return scored
    metrics = evaluate(scored, labels.scored, num_classes)
    if not labels.corrupted:
        return Measured(metrics, scored.argmax(axis=1), None)
    spoiled = read_predictions(predictions.corrupted, labels.corrupted_count, num_classes)
    if isinstance(spoiled, Finding):
        return spoiled
    robust = robustness(scored, spoiled, labels.corrupted, labels.scored, num_classes)
    metrics = dataclasses.replace(metrics, robustness=robust)
    return Measured(metrics, scored.argmax(axis=1), spoiled.argmax(axis=1))
