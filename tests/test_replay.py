"""What a training left of its model, and what a clean job's predictions say about it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pytest

from autograder import replay
from autograder.models import Finding, Layer, Replay, Verdict
from autograder.replay import (
    KeptModel,
    Predictions,
    Replayed,
    compare,
    inputs_of_replay,
    read_weights,
)
from autograder.verdicts import Failure
from tests.fakes import ARCHITECTURE, SHAPES, WEIGHTS

OUTPUTS = {
    "architecture.json": json.dumps(ARCHITECTURE).encode(),
    "weights.json": json.dumps(SHAPES).encode(),
    "weights.bin": WEIGHTS,
}


def refusal(outputs: dict[str, bytes], not_kept: str = "") -> Replay:
    answer = inputs_of_replay(KeptModel.from_outputs(outputs, not_kept))
    assert isinstance(answer, Replay)
    return answer


def test_a_stock_model_is_handed_on_as_it_was_judged() -> None:
    compiled = ARCHITECTURE | {"compile_config": {"loss": "own"}}
    outputs = OUTPUTS | {"architecture.json": json.dumps(compiled).encode()}
    inputs = inputs_of_replay(KeptModel.from_outputs(outputs, ""))
    assert not isinstance(inputs, Replay)
    assert json.loads(inputs["architecture.json"]) == ARCHITECTURE
    assert json.loads(inputs["weights.json"]) == SHAPES
    assert inputs["weights.bin"] == WEIGHTS


def test_the_hash_is_over_shape_and_bytes_of_each_weight() -> None:
    weights = read_weights(OUTPUTS["weights.json"], WEIGHTS)
    digest = hashlib.sha256()
    for entry, raw in zip(SHAPES, (WEIGHTS[:-16], WEIGHTS[-16:]), strict=True):
        array = np.frombuffer(raw, "<f4").reshape(entry["shape"])
        digest.update(str(array.shape).encode())
        digest.update(array.tobytes())
    assert weights is not None
    assert weights.sha256 == digest.hexdigest()


@pytest.mark.parametrize(
    "shapes",
    [
        [],
        SHAPES[:1],
        [*SHAPES, {"dtype": "float32", "shape": [1]}],
        [{"dtype": "object", "shape": [112]}],
        [{"dtype": "object", "shape": [0]}, *SHAPES],
        [{"dtype": "float32", "shape": [-112]}],
        [{"dtype": "float32", "shape": [1 << 62]}],
        [{"dtype": "float32", "shape": [112.0]}],
        [{"dtype": "float32", "shape": [112], "more": 1}],
        {"dtype": "float32", "shape": [112]},
        "none",
        None,
    ],
)
def test_weights_of_which_a_byte_is_missing_or_left_over_are_none(shapes: Any) -> None:
    assert read_weights(json.dumps(shapes).encode(), WEIGHTS) is None


@pytest.mark.parametrize("shapes", [b"", b"\xff", b"[" * 200_000])
def test_shapes_that_are_no_json_are_none(shapes: bytes) -> None:
    assert read_weights(shapes, WEIGHTS) is None


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ({}, "left no model"),
        ({**OUTPUTS, "weights.bin": WEIGHTS[1:]}, "left no model"),
        ({**OUTPUTS, "architecture.json": b"{"}, "no JSON"),
        ({**OUTPUTS, "architecture.json": b"[]"}, "not as Keras writes it"),
        (
            {**OUTPUTS, "architecture.json": OUTPUTS["architecture.json"].replace(b"Conv2D", b"X")},
            "'X' (from 'keras.layers') is not a stock part of Keras",
        ),
    ],
)
def test_what_cannot_be_replayed_says_why(outputs: dict[str, bytes], words: str) -> None:
    answer = refusal(outputs)
    assert answer.replayed == "not possible"
    assert words in answer.reason


def test_the_job_may_say_itself_why_there_is_no_model() -> None:
    assert "NotImplementedError: no config" in refusal({}, "NotImplementedError: no config").reason


def raw(*rows: list[float]) -> bytes:
    return np.array(rows, "<f4").tobytes()


def layer(kind: str, *shapes: tuple[int, ...]) -> Layer:
    return Layer("name", kind, kind == "Conv2D", None, shapes, ())


JUDGED = (layer("Conv2D", (3, 8)), layer("Dense", (8, 5)))
TRAINED = raw([1, 0], [0.25, 0.5])
HOLDOUT = raw([0, 1])


def test_equal_bytes_are_replayed() -> None:
    replayed = Replayed(JUDGED, Predictions(TRAINED, HOLDOUT))
    assert compare(JUDGED, TRAINED, replayed, 2).replayed is True


@pytest.mark.parametrize(
    ("predicted", "words"),
    [
        (raw([0, 1], [0.25, 0.5]),
         "otherwise: 1 of 2 validation images get another class, numbers differ by up to 1."),
        (raw([1, 0], [0.25, 0.75]),
         "otherwise: 0 of 2 validation images get another class, numbers differ by up to 0.25."),
        (raw([0, 1], [float("nan"), 0.5]), "2 of 2 validation"),
        (raw([1, 0]), "another number of predictions"),
        (b"x", "another number of predictions"),
        (raw([1, -0.0], [0.25, 0.5]), "0 of 2 validation"),
    ],
)  # fmt: skip
def test_any_other_byte_is_different_and_says_how_far(predicted: bytes, words: str) -> None:
    replayed = Replayed(JUDGED, Predictions(predicted, HOLDOUT))
    answer = compare(JUDGED, TRAINED, replayed, 2)
    assert answer.replayed is False
    assert words in answer.reason


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (JUDGED[:1], "its layer 2 is missing, it was Dense [8x5]"),
        ((*JUDGED, layer("Dropout")), "its layer 3 is Dropout [], it was missing"),
        ((layer("Dense", (3, 8)), JUDGED[1]), "its layer 1 is Dense [3x8], it was Conv2D [3x8]"),
        ((JUDGED[0], layer("Dense", (800, 5))), "its layer 2 is Dense [800x5], it was Dense [8x5]"),
    ],
)
def test_a_model_that_is_not_the_one_that_was_judged_is_different(
    layers: tuple[Layer, ...], words: str
) -> None:
    replayed = Replayed(layers, Predictions(TRAINED, HOLDOUT))
    answer = compare(JUDGED, TRAINED, replayed, 2)
    assert answer.replayed is False
    assert answer.reason == f"The trained model is not the one judged before training: {words}."


def test_a_clean_job_that_failed_says_nothing_about_the_predictions() -> None:
    failure = Failure(Verdict.TIME_LIMIT, (Finding("cpu-limit", "It was stopped after 9 s."),))
    answer = compare(JUDGED, TRAINED, failure, 2)
    assert answer.replayed == "not possible"
    assert answer.reason == "Not possible: the clean job failed: It was stopped after 9 s."


def test_predictions_that_are_no_numbers_are_compared_without_a_word() -> None:
    signalling = np.array([0x7FA00000] * 6, "<u4").tobytes()  # a NaN that warns when it is cast
    plain = np.arange(6, dtype="<f4").tobytes()
    found = replay._difference(plain, signalling, 3)
    assert "of 2 validation images get another class" in found
