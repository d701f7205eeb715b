"""Other holdouts that might have been drawn, and every metric on each of them.

The holdout shows some signs of all that could have been filmed. Frames of one track show the same
sign, so whole tracks are drawn anew, never frames: the cluster bootstrap (Field & Welsh,
"Bootstrapping clustered data", J. R. Statist. Soc. B 69, 2007). They are drawn within each class,
since the design fixes how many tracks a class has. Of its m tracks m - 1 are drawn and weighted by
m / (m - 1), which keeps the variance unbiased however few they are (Rao & Wu, "Resampling inference
with complex survey data", J. Am. Statist. Assoc. 83, 1988).

Equal inputs give equal bits on every CPU: integer draws and sums in a fixed order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from autograder.errors import InternalError
from autograder.rubric import Criterion, MetricCriterion, MetricKey
from autograder.scoring import classes_of

REPLICATES = 1000
# Any would do; the same one always.
_STREAM = 1993

Matrices = NDArray[np.float64]
"""Confusion matrices, shape (b, c, c): [replicate, label, prediction], in weighted images."""
Values = NDArray[np.float64]
"""Shape (1 + b,): first what was measured, then the replicates."""


@dataclass(frozen=True, eq=False)
class Resamples:
    """The holdout, and others that might have been drawn.

    Attributes:
        labels: Class ids, shape (n,).
        num_classes: Number of classes.
        weights: Shape (1 + b, n): how often each image counts. First the holdout as it is.
        num_tracks: Number of tracks.
        one_track_classes: Classes that cannot be resampled. Replicates hold them fixed; how far
            they might be off is taken from the other classes (see `Assessment`).
    """

    labels: NDArray[np.int64]
    num_classes: int
    weights: NDArray[np.float64]
    num_tracks: int
    one_track_classes: tuple[int, ...]

    def images_of(self, class_ids: Sequence[int] | None = None) -> int:
        """Return how many images show these classes; all by default."""
        chosen = range(self.num_classes) if class_ids is None else class_ids
        return int(np.isin(self.labels, list(chosen)).sum())

    def of_images(self, images: NDArray[np.integer]) -> Resamples:
        """Return the same replicates of some of the images only, shape (k,): their numbers."""
        labels, weights = self.labels[images], self.weights[:, images]
        return dataclasses.replace(self, labels=labels, weights=weights)


@dataclass(frozen=True)
class Metric:
    """Something measured on confusion matrices.

    Attributes:
        of: From matrices (b, c, c) to values (b,), 0..1 each.
        class_ids: The classes that it is about; None for all.
    """

    of: Callable[[Matrices], NDArray[np.float64]]
    class_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class Measured:
    """A metric of one run.

    Attributes:
        values: On the holdout, then on every other that might have been drawn.
        images: How many images it is about.
    """

    values: Values
    images: int


Run = Mapping[MetricKey, Measured]
"""Every metric of one training."""


def resample(
    labels: NDArray[np.integer],
    tracks: NDArray[np.integer],
    num_classes: int,
    replicates: int = REPLICATES,
) -> Resamples:
    """Draw tracks anew within each class; the same draws every time.

    Args:
        labels: Class ids in 0..num_classes - 1, shape (n,).
        tracks: Equal where the same sign is shown, shape (n,).
        num_classes: Number of classes.
        replicates: How often to draw.

    Raises:
        InternalError: The arrays do not fit together.
    """
    if labels.shape != tracks.shape or labels.ndim != 1 or not len(labels):
        raise InternalError(f"{labels.shape} labels and {tracks.shape} tracks do not fit together")
    if labels.min() < 0 or labels.max() >= num_classes:
        raise InternalError(f"a label is outside 0..{num_classes - 1}")
    rng = np.random.Generator(np.random.PCG64(_STREAM))
    weights = np.ones((1 + replicates, len(labels)))
    num_tracks, one_track_classes = 0, []
    for class_id in range(num_classes):
        images = np.flatnonzero(labels == class_id)
        numbers, track_of_image = np.unique(tracks[images], return_inverse=True)
        count = len(numbers)
        num_tracks += count
        if count == 1:
            one_track_classes.append(class_id)
        if count < 2:
            continue
        drawn = rng.integers(count, size=(replicates, count - 1))
        in_row = drawn + count * np.arange(replicates)[:, None]
        times = np.bincount(in_row.ravel(), minlength=replicates * count)
        times = times.reshape(replicates, count)
        weights[1:, images] = times[:, track_of_image] * (count / (count - 1))
    return Resamples(
        labels.astype(np.int64), num_classes, weights, num_tracks, tuple(one_track_classes)
    )


def confusion(resamples: Resamples, predicted: NDArray[np.integer]) -> Matrices:
    """Return the confusion matrices of one run, the measured one first.

    Args:
        resamples: From `resample`.
        predicted: Class ids, shape (n,).

    Raises:
        InternalError: The predictions do not fit the labels.
    """
    classes = resamples.num_classes
    if predicted.shape != resamples.labels.shape:
        raise InternalError(f"{predicted.shape} predictions for {resamples.labels.shape} labels")
    if predicted.min() < 0 or predicted.max() >= classes:
        raise InternalError(f"a prediction is outside 0..{classes - 1}")
    cells = resamples.labels * classes + predicted
    matrices = [np.bincount(cells, row, classes * classes) for row in resamples.weights]
    return np.array(matrices, np.float64).reshape(-1, classes, classes)


def macro_f1(matrices: Matrices) -> NDArray[np.float64]:
    """Return the mean F1 over all classes, as `autograder.metrics` defines it; shape (b,)."""
    right = np.diagonal(matrices, axis1=1, axis2=2)
    either = matrices.sum(axis=1) + matrices.sum(axis=2)
    f1 = np.divide(2 * right, either, out=np.zeros_like(either), where=either > 0)
    return np.asarray(f1.mean(axis=1))


def accuracy(matrices: Matrices, class_ids: tuple[int, ...] | None = None) -> NDArray[np.float64]:
    """Return the share of images recognised, of some classes or all; of one, its recall."""
    chosen = slice(None) if class_ids is None else list(class_ids)
    right = np.diagonal(matrices, axis1=1, axis2=2)[:, chosen].sum(axis=1)
    images = matrices[:, chosen].sum(axis=(1, 2))
    return np.asarray(np.divide(right, images, out=np.zeros_like(images), where=images > 0))


def mean_recall(matrices: Matrices, class_ids: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the plain mean of the recall of some classes; shape (b,)."""
    each = [accuracy(matrices, (class_id,)) for class_id in class_ids]
    return np.asarray(np.mean(each, axis=0))


def group_metrics(rubric: Sequence[Criterion]) -> dict[MetricKey, Metric]:
    """Return the metrics of several classes together that a rubric asks for."""
    return {
        item.key: Metric(partial(mean_recall, class_ids=classes_of(item)), classes_of(item))
        for item in rubric
        if isinstance(item, MetricCriterion) and (item.family or item.class_ids)
    }


def standard_metrics(num_classes: int) -> dict[MetricKey, Metric]:
    """Return the metrics that every report shows: macro-F1, accuracy, recall of each class."""
    metrics: dict[MetricKey, Metric] = {
        ("macro_f1", None): Metric(macro_f1),
        ("accuracy", None): Metric(accuracy),
    }
    for class_id in range(num_classes):
        one = (class_id,)
        metrics["recall", class_id] = Metric(partial(accuracy, class_ids=one), one)
    return metrics


def measure(
    resamples: Resamples, predicted: NDArray[np.integer], metrics: Mapping[MetricKey, Metric]
) -> dict[MetricKey, Measured]:
    """Return metrics of one run.

    Args:
        resamples: From `resample`.
        predicted: Class ids, shape (n,).
        metrics: What to measure, such as `standard_metrics`.

    Raises:
        InternalError: The predictions do not fit the labels.
    """
    matrices = confusion(resamples, predicted)
    return {
        key: Measured(metric.of(matrices), resamples.images_of(metric.class_ids))
        for key, metric in metrics.items()
    }
