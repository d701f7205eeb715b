from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.errors import InternalError
from autograder.measures import Mistakes
from autograder.metrics import evaluate, read_predictions
from autograder.models import Finding


def one_hot(classes: list[int], num_classes: int) -> NDArray[np.float32]:
    return np.eye(num_classes, dtype=np.float32)[classes]


def labels(*classes: int) -> NDArray[np.int32]:
    return np.array(classes, np.int32)


def test_perfect_predictions_score_one() -> None:
    metrics = evaluate(one_hot([0, 1, 2], 3), labels(0, 1, 2), 3)
    assert (metrics.macro_f1, metrics.accuracy, metrics.count) == (1.0, 1.0, 3)
    assert metrics.recall == (1.0, 1.0, 1.0)


def test_metrics_agree_with_arithmetic_done_by_hand() -> None:
    # class 0: precision 2/3, recall 2/2, F1 0.8; class 1: precision 1/1, recall 1/2, F1 2/3
    metrics = evaluate(one_hot([0, 0, 0, 1], 2), labels(0, 0, 1, 1), 2)
    assert metrics.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert metrics.accuracy == 0.75
    assert metrics.recall == (1.0, 0.5)


def test_macro_f1_counts_a_class_without_images_as_zero() -> None:
    metrics = evaluate(one_hot([0, 1], 4), labels(0, 1), 4)
    assert metrics.macro_f1 == 0.5
    assert metrics.recall == (1.0, 1.0, 0.0, 0.0)


def test_mistakes_are_counted_most_frequent_first() -> None:
    metrics = evaluate(one_hot([1, 1, 0, 2, 2], 3), labels(0, 0, 2, 2, 1), 3)
    assert metrics.class_counts == (2, 1, 2)
    assert metrics.mistakes == (Mistakes(0, 1, 2), Mistakes(1, 2, 1), Mistakes(2, 0, 1))


def test_lowest_class_wins_a_tie() -> None:
    assert evaluate(np.zeros((1, 3), np.float32), labels(0), 3).accuracy == 1.0


def test_metrics_are_plain_numbers() -> None:
    metrics = evaluate(one_hot([0], 2), labels(0), 2)
    values = (metrics.macro_f1, metrics.accuracy, *metrics.recall)
    assert {type(value) for value in values} == {float}


@pytest.mark.parametrize(
    ("predictions", "given"),
    [
        (one_hot([0], 2), labels(0, 1)),
        (one_hot([0], 3), labels(0)),
        (one_hot([0], 2), labels(2)),
        (one_hot([0], 2), labels(-1)),
        (one_hot([], 2), labels()),
    ],
    ids=["rows", "classes", "label too high", "label negative", "no images"],
)
def test_what_does_not_fit_together_is_our_fault(
    predictions: NDArray[np.float32], given: NDArray[np.int32]
) -> None:
    with pytest.raises(InternalError):
        evaluate(predictions, given, 2)


def test_predictions_are_read_row_by_row() -> None:
    raw = np.arange(6, dtype="<f4").tobytes()
    found = read_predictions(raw, 2, 3)
    assert isinstance(found, np.ndarray)
    assert found.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found.dtype == np.float32


@pytest.mark.parametrize(("size", "found"), [(0, "0"), (20, "5"), (28, "7"), (23, "5.75")])
def test_wrong_amount_of_predictions_is_a_finding(size: int, found: str) -> None:
    finding = read_predictions(bytes(size), 2, 3)
    assert isinstance(finding, Finding)
    assert finding.rule == "invalid-output"
    assert f"6 numbers (2 images by 3 classes), but {found} were found" in finding.message


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_a_finding(value: float) -> None:
    predictions = np.zeros((4, 3), "<f4")
    predictions[1] = value
    predictions[3, 2] = value
    finding = read_predictions(predictions.tobytes(), 4, 3)
    assert isinstance(finding, Finding)
    assert "2 of 4 images" in finding.message
    assert "learning rate" in finding.hint
