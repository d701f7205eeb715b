"""From the bytes that a job left behind to numbers that can be trusted.

The only thing believed of a job is its raw predictions, and those only after they were counted and
found to be numbers. Labels never leave this process.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from autograder.errors import InternalError
from autograder.measures import Metrics, Mistakes
from autograder.models import Finding

_LITTLE_ENDIAN_FLOAT = np.dtype("<f4")


def read_predictions(raw: bytes, count: int, num_classes: int) -> NDArray[np.float32] | Finding:
    """Read raw predictions: row by row, little-endian float32, nothing before or after.

    Args:
        raw: What the job wrote; nothing about it is taken for granted.
        count: Number of images that it was given.
        num_classes: Number of classes.

    Returns:
        The predictions, shape (count, num_classes); or, if the student's model gave something
        else, a finding ``invalid-output`` that says what.
    """
    expected = count * num_classes
    if len(raw) != expected * _LITTLE_ENDIAN_FLOAT.itemsize:
        found = len(raw) / _LITTLE_ENDIAN_FLOAT.itemsize
        return Finding(
            "invalid-output",
            f"The model's predictions should be {expected} numbers "
            f"({count} images by {num_classes} classes), but {found:.10g} were found.",
            "The model must return one row for each image and one column for each class: "
            "look at its last layer, and at anything that changes the number of rows.",
        )
    predictions = np.frombuffer(raw, _LITTLE_ENDIAN_FLOAT).reshape(count, num_classes)
    broken = count - int(np.isfinite(predictions).all(axis=1).sum())
    if broken:
        return Finding(
            "invalid-output",
            f"The predictions for {broken} of {count} images are not finite numbers "
            "(NaN or infinity).",
            "This usually means that training diverged: lower the learning rate, "
            "and look for logarithms of zero or divisions by zero in your own layers.",
        )
    return predictions.astype(np.float32)


def evaluate(
    predictions: NDArray[np.float32], labels: NDArray[np.int32], num_classes: int
) -> Metrics:
    """Score predictions against labels with scikit-learn.

    The predicted class is the one with the largest number, the lowest class id among equals.
    Macro-F1 is the plain mean over all ``num_classes`` classes; a class that is never predicted
    rightly, or that has no images, counts as 0 (``zero_division=0``).

    Args:
        predictions: Probabilities or logits, finite, shape (count, num_classes).
        labels: Class ids in 0..num_classes - 1, shape (count,).
        num_classes: Number of classes.

    Raises:
        InternalError: The shapes or the labels do not fit together.
    """
    from sklearn.metrics import f1_score, recall_score

    if predictions.shape != (len(labels), num_classes) or len(labels) == 0:
        raise InternalError(
            f"predictions of shape {predictions.shape} do not fit "
            f"{len(labels)} labels of {num_classes} classes"
        )
    if labels.min() < 0 or labels.max() >= num_classes:
        raise InternalError(f"a label is outside 0..{num_classes - 1}")
    predicted = predictions.argmax(axis=1)
    wrong = predicted != labels
    classes = list(range(num_classes))
    f1 = f1_score(labels, predicted, labels=classes, average="macro", zero_division=0)
    recall = recall_score(labels, predicted, labels=classes, average=None, zero_division=0)
    return Metrics(
        macro_f1=float(f1),
        accuracy=float((predicted == labels).mean()),
        recall=tuple(float(value) for value in recall),
        count=len(labels),
        class_counts=tuple(map(int, np.bincount(labels, minlength=num_classes))),
        mistakes=most_frequent(
            Counter(zip(labels[wrong].tolist(), predicted[wrong].tolist(), strict=True))
        ),
    )


def most_frequent(counts: Counter[tuple[int, int]]) -> tuple[Mistakes, ...]:
    """Return counted pairs (what is shown, what it is taken for), most frequent first."""
    in_order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Mistakes(*pair, count) for pair, count in in_order)
