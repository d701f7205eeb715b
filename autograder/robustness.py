"""What predictions for corrupted images come to: metric robust_macro_f1.

It is the plain mean, over every corruption at every severity, of the macro-F1 over the images under
that corruption at that severity. Hendrycks & Dietterich 2019 (arXiv 1903.12261) divide errors by
those of a network of theirs; we do not, so the metric hangs on nothing but the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from autograder.corrupted import Part
from autograder.measures import Corrupted, Robustness
from autograder.metrics import evaluate
from autograder.resampling import Measured, Resamples, confusion, macro_f1


def robustness(
    clean: NDArray[np.float32],
    corrupted: NDArray[np.float32],
    parts: Sequence[Part],
    labels: NDArray[np.int32],
    num_classes: int,
) -> Robustness:
    """Score predictions for corrupted images.

    Args:
        clean: For the whole split as it is, shape (n, num_classes).
        corrupted: For its corrupted images, in their file's order, shape (m, num_classes).
        parts: What is in that file.
        labels: Class ids of the split, shape (n,).
        num_classes: Number of classes.
    """
    before, after = [], []
    for part in parts:
        of_part = labels[part.sources]
        before.append(evaluate(clean[part.sources], of_part, num_classes).macro_f1)
        found = evaluate(corrupted[part.places], of_part, num_classes)
        after.append(Corrupted(part.corruption, part.severity, found.macro_f1, found.accuracy))
    return Robustness(
        macro_f1=fmean(part.macro_f1 for part in after),
        clean_macro_f1=fmean(before),
        images=len(parts[0].sources),
        corrupted=tuple(after),
    )


def mean_robustness(runs: Sequence[Robustness]) -> Robustness:
    """Return the means over several runs on the same images."""
    return Robustness(
        macro_f1=fmean(run.macro_f1 for run in runs),
        clean_macro_f1=fmean(run.clean_macro_f1 for run in runs),
        images=runs[0].images,
        corrupted=tuple(
            Corrupted(
                one[0].corruption,
                one[0].severity,
                fmean(run.macro_f1 for run in one),
                fmean(run.accuracy for run in one),
            )
            for one in zip(*(run.corrupted for run in runs), strict=True)
        ),
    )


def measure_robustness(
    resamples: Resamples, predicted: NDArray[np.integer], parts: Sequence[Part]
) -> Measured:
    """Return the metric of one run, on the holdout and on every other that might have been drawn.

    A corrupted copy counts as often as the image that it was made from. A class of which a
    replicate has none of the part's few images is left out of its mean there.

    Args:
        resamples: Of the whole split.
        predicted: Class ids for the corrupted images, in their file's order, shape (m,).
        parts: What is in that file.
    """
    total = np.zeros(len(resamples.weights))
    for part in parts:
        matrices = confusion(resamples.of_images(part.sources), predicted[part.places])
        present = (matrices.sum(axis=2) > 0).sum(axis=1)
        total += macro_f1(matrices) * (present[0] / np.maximum(present, 1))
    images = len(np.unique(np.concatenate([part.sources for part in parts])))
    return Measured(total / len(parts), images)
