"""What predictions for corrupted images come to, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.corrupted import Part
from autograder.measures import Corrupted, Robustness
from autograder.metrics import evaluate
from autograder.resampling import measure, resample, standard_metrics
from autograder.robustness import mean_robustness, measure_robustness, robustness

CLASSES, COUNT = 4, 48
LABELS = (np.arange(COUNT) % CLASSES).astype(np.int32)
TRACKS = (np.arange(COUNT) // 8 * CLASSES + LABELS).astype(np.int32)
ALL = np.arange(COUNT)
HALF = np.arange(COUNT // 2)


def parts() -> tuple[Part, ...]:
    """Return two parts, of all images and of the first half, shuffled into one file."""
    order = np.random.default_rng(3).permutation(COUNT + COUNT // 2)
    return (
        Part("fog", 1, ALL, order[:COUNT]),
        Part("snow", 5, HALF, order[COUNT:]),
    )


def scores(predicted: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.eye(CLASSES, dtype=np.float32)[predicted]


def predicted(wrong_fog: int = 0, wrong_snow: int = 0) -> NDArray[np.int64]:
    """Return predicted classes in the order of the file, of which the first so many are wrong."""
    found = np.zeros(COUNT + COUNT // 2, np.int64)
    for part, wrong in zip(parts(), (wrong_fog, wrong_snow), strict=True):
        right = LABELS[part.sources].astype(np.int64)
        right[:wrong] = (right[:wrong] + 1) % CLASSES
        found[part.places] = right
    return found


def judged(wrong_fog: int = 0, wrong_snow: int = 0, clean: int = 0) -> Robustness:
    before = LABELS.astype(np.int64)
    before[:clean] = (before[:clean] + 1) % CLASSES
    after = scores(predicted(wrong_fog, wrong_snow))
    return robustness(scores(before), after, parts(), LABELS, CLASSES)


def test_all_right_is_one() -> None:
    found = judged()
    assert (found.macro_f1, found.clean_macro_f1) == (1.0, 1.0)
    assert found.corrupted == (Corrupted("fog", 1, 1.0, 1.0), Corrupted("snow", 5, 1.0, 1.0))


def test_every_corruption_and_severity_counts_alike_however_many_images_it_has() -> None:
    found = judged(wrong_snow=COUNT // 2)
    assert [part.macro_f1 for part in found.corrupted] == [1.0, 0.0]
    assert found.macro_f1 == 0.5


def test_each_value_is_macro_f1_on_its_images() -> None:
    found = judged(wrong_fog=13, wrong_snow=5)
    for part, value in zip(parts(), found.corrupted, strict=True):
        of_part = scores(predicted(13, 5)[part.places])
        expected = evaluate(of_part, LABELS[part.sources], CLASSES)
        assert (value.macro_f1, value.accuracy) == (expected.macro_f1, expected.accuracy)


def test_the_clean_value_is_of_the_same_images_before() -> None:
    found = judged(clean=COUNT // 2)
    fog = evaluate(scores((ALL + (ALL < COUNT // 2)) % CLASSES), LABELS, CLASSES).macro_f1
    assert found.clean_macro_f1 == pytest.approx((fog + 0.0) / 2)


def test_by_corruption_severities_are_averaged() -> None:
    cells = (Corrupted("fog", 1, 0.9, 0), Corrupted("fog", 5, 0.5, 0), Corrupted("snow", 1, 0.4, 0))
    found = Robustness(0.6, 0.9, 5, cells)
    assert found.by_corruption == {"fog": pytest.approx(0.7), "snow": 0.4}


def test_runs_are_averaged_value_by_value() -> None:
    mean = mean_robustness([judged(wrong_fog=10), judged(wrong_snow=24)])
    one, other = judged(wrong_fog=10), judged(wrong_snow=24)
    assert mean.macro_f1 == (one.macro_f1 + other.macro_f1) / 2
    assert [part.macro_f1 for part in mean.corrupted] == [
        (one.corrupted[0].macro_f1 + 1.0) / 2, 0.5,
    ]  # fmt: skip
    assert mean.images == one.images


def test_what_was_measured_is_the_metric_that_is_scored() -> None:
    resamples = resample(LABELS, TRACKS, CLASSES, replicates=20)
    found = measure_robustness(resamples, predicted(11, 7), parts())
    assert found.values.shape == (21,)
    assert found.values[0] == pytest.approx(judged(11, 7).macro_f1)
    assert found.images == COUNT


def test_a_corrupted_copy_counts_as_often_as_its_image() -> None:
    # Fog alone, and predicted as if there were none: then both metrics are the same.
    resamples = resample(LABELS, TRACKS, CLASSES, replicates=50)
    plain = LABELS.astype(np.int64)
    plain[:9] = 0
    part = Part("fog", 1, ALL, ALL[::-1].copy())
    robust = measure_robustness(resamples, plain[::-1], [part])
    whole = measure(resamples, plain, standard_metrics(CLASSES))["macro_f1", None]
    assert (robust.values == whole.values).all()
    assert robust.values[1:].std() > 0


def test_a_class_that_a_replicate_does_not_show_costs_nothing_there() -> None:
    resamples = resample(LABELS, TRACKS, CLASSES, replicates=200)
    few = np.arange(CLASSES)
    part = Part("fog", 1, few, few)
    found = measure_robustness(resamples, LABELS[few].astype(np.int64), [part])
    assert (resamples.weights[:, few] == 0).any()
    shown = (resamples.weights[:, few] > 0).any(axis=1)
    assert (found.values[shown] == 1.0).all()


def test_part_of_the_images_keeps_their_replicates() -> None:
    resamples = resample(LABELS, TRACKS, CLASSES, replicates=10)
    some = resamples.of_images(HALF)
    assert (some.weights == resamples.weights[:, HALF]).all()
    assert some.images_of() == COUNT // 2
    assert some.num_tracks == resamples.num_tracks
