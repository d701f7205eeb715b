from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder.errors import InternalError
from autograder.metrics import evaluate
from autograder.resampling import (
    Metric,
    accuracy,
    confusion,
    macro_f1,
    measure,
    resample,
    standard_metrics,
)

Ids = NDArray[np.int32]


def ids(*numbers: int) -> Ids:
    return np.array(numbers, np.int32)


def holdout(classes: int = 4, tracks: int = 5, frames: int = 3) -> tuple[Ids, Ids]:
    """Return labels and tracks, shuffled as in a real split."""
    order = np.random.default_rng(0).permutation(classes * tracks * frames)
    labels = np.repeat(np.arange(classes), tracks * frames)[order]
    track_of = np.repeat(np.arange(classes * tracks), frames)[order]
    return labels.astype(np.int32), track_of.astype(np.int32)


@settings(max_examples=30, deadline=None)  # the first loads scikit-learn
@given(
    st.integers(2, 6).flatmap(
        lambda classes: st.tuples(
            st.just(classes),
            st.lists(
                st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)),
                min_size=1,
                max_size=40,
            ),
        )
    )
)
def test_what_was_measured_is_exactly_what_is_scored(
    drawn: tuple[int, list[tuple[int, int]]],
) -> None:
    classes, pairs = drawn
    labels, predicted = np.array(pairs, np.int32).T
    resamples = resample(labels, np.arange(len(labels)), classes, replicates=2)
    run = measure(resamples, predicted, standard_metrics(classes))
    scored = evaluate(np.eye(classes, dtype=np.float32)[predicted], labels, classes)
    assert run["macro_f1", None].values[0] == scored.macro_f1
    assert run["accuracy", None].values[0] == scored.accuracy
    recall = tuple(run["recall", class_id].values[0] for class_id in range(classes))
    assert recall == scored.recall


def test_frames_of_a_track_are_drawn_together() -> None:
    labels, tracks = holdout()
    weights = resample(labels, tracks, 4, replicates=50).weights[1:]
    for track in np.unique(tracks):
        of_track = weights[:, tracks == track]
        assert (of_track == of_track[:, :1]).all()
    assert len(np.unique(weights)) > 2


def test_every_class_keeps_its_tracks() -> None:
    labels, tracks = holdout(tracks=5, frames=3)
    weights = resample(labels, tracks, 4, replicates=50).weights
    for class_id in range(4):
        assert weights[:, labels == class_id].sum(axis=1) == pytest.approx(15)


def test_class_of_one_track_is_held_fixed_and_named() -> None:
    labels, tracks = ids(0, 0, 1, 1, 1, 1), ids(7, 7, 8, 8, 9, 9)
    resamples = resample(labels, tracks, 3)
    assert resamples.one_track_classes == (0,)
    assert resamples.num_tracks == 3
    assert (resamples.weights[:, :2] == 1).all()
    # Of two tracks one is drawn, for both.
    assert set(np.unique(resamples.weights[1:, 2:])) == {0, 2}


@pytest.mark.parametrize("tracks", [2, 4, 12])
def test_variance_is_unbiased_however_few_the_tracks(tracks: int) -> None:
    right = np.arange(tracks) < tracks / 2
    labels = np.zeros(tracks * 2, np.int32)
    predicted = np.repeat(np.where(right, 0, 1), 2)
    resamples = resample(labels, np.repeat(np.arange(tracks), 2), 2, replicates=20_000)
    values = measure(resamples, predicted, standard_metrics(2))["recall", 0].values
    textbook = right.var(ddof=1) / tracks
    assert values[1:].var() == pytest.approx(textbook, rel=0.05)
    assert values[1:].mean() == pytest.approx(right.mean(), abs=0.02)


def test_accuracy_of_a_family_counts_its_images_alone() -> None:
    labels, predicted = ids(0, 0, 1, 2, 2), ids(0, 1, 1, 0, 0)
    resamples = resample(labels, np.arange(5), 3, replicates=1)
    family = Metric(lambda matrices: accuracy(matrices, (0, 1)), (0, 1))
    measured = measure(resamples, predicted, {("family", 0): family})["family", 0]
    assert measured.values[0] == pytest.approx(2 / 3)
    assert measured.images == 3


def test_class_without_images_counts_as_zero() -> None:
    resamples = resample(ids(0, 1), ids(0, 1), 3, replicates=1)
    run = measure(resamples, ids(0, 1), standard_metrics(3))
    assert run["recall", 2].values.tolist() == [0, 0]
    assert run["macro_f1", None].values.tolist() == [2 / 3, 2 / 3]


def test_same_draws_always() -> None:
    """If this fails, NumPy draws otherwise: standard errors change, and borderline scores may."""
    labels, tracks = holdout(frames=1)
    weights = resample(labels, tracks, 4, replicates=20).weights
    counts = np.rint(weights * 4).astype("<i4")
    assert hashlib.sha256(counts.tobytes()).hexdigest()[:16] == "50430de2b2b94693"


def test_real_size_takes_a_fraction_of_a_second() -> None:
    labels, tracks = holdout(classes=43, tracks=12, frames=4)
    began = time.process_time()
    matrices = confusion(resample(labels, tracks, 43), labels)
    macro_f1(matrices)
    assert time.process_time() - began < 1.0  # 0.15 s when nothing else runs
    assert matrices.shape == (1001, 43, 43)


@pytest.mark.parametrize(
    ("labels", "tracks"),
    [(ids(0, 1), ids(0)), (ids(), ids()), (ids(0, 2), ids(0, 1)), (ids(-1, 0), ids(0, 1))],
    ids=["lengths", "none", "label too high", "label negative"],
)
def test_labels_that_do_not_fit_are_our_fault(labels: Ids, tracks: Ids) -> None:
    with pytest.raises(InternalError):
        resample(labels, tracks, 2)


@pytest.mark.parametrize("predicted", [ids(0), ids(0, 2), ids(-1, 0)])
def test_predictions_that_do_not_fit_are_our_fault(predicted: Ids) -> None:
    resamples = resample(ids(0, 1), ids(0, 1), 2, replicates=1)
    with pytest.raises(InternalError):
        confusion(resamples, predicted)
