"""Whose word the price of a training is, and that a clean job comes to the same price."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograder.jobs import Job
from autograder.models import Verdict
from autograder.pricing import OPS_FILE, PARTS_FILE, Priced, decide, inputs_of_pricing, read_graph
from autograder.verdicts import Failure
from tests.conftest import LIMITS, OUTPUTS, Jobs
from tests.fakes import PARTS, ops

FOREIGN: dict[str, object] = {
    "class_name": "Lambda",
    "module": "own",
    "registered_name": None,
    "config": {},
}
FAILED = Failure(Verdict.RUNTIME_ERROR, (), "no such layer")


def graph(**changes: Any) -> Any:
    found = read_graph(json.dumps(ops(**changes)).encode())
    assert found is not None
    return found


def test_equal_ops_are_the_graders_own_and_nothing_to_speak_of() -> None:
    assert decide(graph(), graph()) == Priced(graph(), "grader")


def test_a_job_that_hides_ops_pays_for_them_all_the_same() -> None:
    priced = decide(claimed=graph(count=1), traced=graph(count=9))
    assert priced.graph == graph(count=9)
    assert priced.by == "grader"
    assert "not those that its own job reported" in priced.note


@pytest.mark.parametrize("traced", [None, FAILED])
def test_without_a_clean_job_the_own_one_is_believed(traced: Failure | None) -> None:
    assert decide(graph(), traced) == Priced(graph(), "job")


def test_stock_parts_are_handed_to_a_clean_job() -> None:
    inputs = inputs_of_pricing(json.dumps(PARTS).encode())
    assert inputs is not None
    assert json.loads(inputs["parts.json"]) == PARTS


@pytest.mark.parametrize(
    "parts",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"[]",
        json.dumps(PARTS | {"more": 1}).encode(),
        *(json.dumps(PARTS | {name: FOREIGN}).encode() for name in PARTS),
    ],
)
def test_anything_else_is_not(parts: bytes) -> None:
    assert inputs_of_pricing(parts) is None


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 100_000, b"{}", b'{"train": 1, "predict": 2}'])
def test_ops_that_are_not_as_we_write_them_are_none(raw: bytes) -> None:
    assert read_graph(raw) is None


SOURCE = """
import keras
from keras import layers

{extra}

def build_model(input_shape, num_classes):
    model = keras.Sequential([
        keras.Input(input_shape),
        layers.Rescaling(1 / 255),
        layers.SeparableConv2D(8, 3, activation="gelu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        {layer},
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(num_classes),
    ])
    model.compile({optimizer}, {loss})
    return model

def build_augmentation():
    return keras.Sequential([layers.RandomRotation(0.1), layers.RandomContrast(0.2)])

def training_plan():
    return {{"epochs": 1, "batch_size": 8}}
"""
OWN_LAYER = """
class Doubled(layers.Layer):
    def call(self, x):
        return x + x
"""


def describe(jobs: Jobs, **parts: str) -> dict[str, bytes]:
    defaults = {"extra": "", "layer": "layers.ReLU()", "optimizer": "'adam'",
                "loss": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"}  # fmt: skip
    text = SOURCE.format(**defaults | parts)
    outputs = (*OUTPUTS, OPS_FILE, PARTS_FILE)
    arguments = jobs.data.arguments(probe_images=8, augmented_images=8)
    result = jobs.runner.run(Job("describe", arguments, {"submission.py": text}, LIMITS, outputs))
    assert result.exit_code == 0, result.log.decode()
    return dict(result.outputs)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"optimizer": "keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 9), 0.9)"},
        {"optimizer": "keras.optimizers.AdamW(1e-3)",
         "loss": "keras.losses.sparse_categorical_crossentropy"},
        {"layer": "layers.LSTM(4) if False else layers.GroupNormalization(4)",
         "loss": "'sparse_categorical_crossentropy'"},
        {"extra": "keras.mixed_precision.set_global_policy('mixed_bfloat16')"},
    ],
)  # fmt: skip
def test_a_clean_job_traces_the_same_ops_as_the_students_own(
    jobs: Jobs, parts: dict[str, str]
) -> None:
    left = describe(jobs, **parts)
    claimed = read_graph(left["ops.json"])
    inputs = inputs_of_pricing(left["parts.json"])
    assert claimed is not None
    assert inputs is not None
    arguments = jobs.data.arguments(batch_size=8)
    result = jobs.runner.run(Job("price", arguments, {}, LIMITS, (OPS_FILE,), inputs))
    assert result.exit_code == 0, result.log.decode()
    assert decide(claimed, read_graph(result.outputs["ops.json"])) == Priced(claimed, "grader")


@pytest.mark.sandbox
def test_a_layer_of_the_students_own_is_counted_from_the_graph(jobs: Jobs) -> None:
    left = describe(jobs, extra=OWN_LAYER, layer="Doubled(name='own')")
    claimed = read_graph(left["ops.json"])
    assert claimed is not None
    assert [row.op for row in claimed.predict.rows if row.layer == "own"] == ["AddV2"]
    assert inputs_of_pricing(left.get("parts.json", b"")) is None
