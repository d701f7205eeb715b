"""What a job leaves behind: written by a process that ran a student's code, so by anybody.

Every file goes the whole way: from bytes to an outcome, a report, and all that people read of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder import measuring, metrics, pipeline
from autograder.jobs import JobResult
from autograder.measures import Metrics
from autograder.outcome import Outcome
from autograder.pipeline import Grader
from tests import fakes
from tests.conftest import CLASSES, TinyData
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_bytes, bent_json
from tests.fuzz.samples import ERROR, history_files, prediction_files
from tests.fuzz.shown import assert_presentable


class Way:
    """A grader whose jobs leave what a test says."""

    def __init__(self, grader: Grader, script: fakes.Script) -> None:
        self._grader, self._script = grader, script

    def go(self, task: str, outputs: Mapping[str, bytes], exit_code: int = 0) -> Outcome:
        """Grade a submission of which the job of this task left these files among the usual."""
        usual: JobResult = getattr(self._script, task)()
        changed = fakes.result({**usual.outputs, **outputs}, exit_code=exit_code)
        self._script.asked.clear()
        # What a clean job cannot build is predicted with the student's code.
        clean = self._script.replay if task != "predict" else fakes.result
        with (
            patch.object(self._script, "replay", clean),
            patch.object(self._script, task, lambda: changed),
        ):
            outcome = self._grader.grade(fakes.submission(), fakes.Watched())
        assert_presentable(outcome)
        return outcome


@pytest.fixture(scope="module")
def way(tiny_data: TinyData) -> Iterator[Way]:
    known: dict[bytes, Metrics] = {}

    def remember(
        predictions: NDArray[np.float32], labels: NDArray[np.int32], num_classes: int
    ) -> Metrics:
        key = predictions.tobytes() + labels.tobytes()
        if key not in known:
            known[key] = metrics.evaluate(predictions, labels, num_classes)
        return known[key]

    # Most inputs are about something else, and measuring takes longer than all the rest.
    with (
        patch.object(pipeline, "evaluate", remember),
        patch.object(measuring, "evaluate", remember),
    ):
        yield Way(*fakes.fake_grader(tiny_data))


@fuzz(bent_json(fakes.description()), share=0.6)
def test_description(hostile: bytes, way: Way) -> Outcome:
    return way.go("describe", {"description.json": hostile})


@fuzz(st.tuples(st.sampled_from(["describe", "price"]), bent_json(fakes.ops())), share=0.6)
def test_ops(hostile: tuple[str, bytes], way: Way) -> Outcome:
    task, data = hostile
    return way.go(task, {"ops.json": data})


@fuzz(bent_json(fakes.PARTS), share=0.3)
def test_parts(hostile: bytes, way: Way) -> Outcome:
    return way.go("describe", {"parts.json": hostile})


@fuzz(st.tuples(st.sampled_from(["train", "predict"]), bent_json(ERROR)), share=0.6)
def test_error(hostile: tuple[str, bytes], way: Way) -> Outcome:
    task, data = hostile
    return way.go(task, {"error.json": data}, exit_code=1)


@fuzz(bent_json({"not_kept": "why not"}), share=0.3)
def test_training(hostile: bytes, way: Way) -> Outcome:
    return way.go("train", {"training.json": hostile})


@fuzz(history_files(), share=0.6)
def test_history(hostile: bytes, way: Way) -> Outcome:
    return way.go("train", {"history.jsonl": hostile})


@fuzz(st.tuples(st.sampled_from(["untrained.f32", "augmented.f32"]), prediction_files()), share=0.3)
def test_raw_numbers_of_a_description(hostile: tuple[str, bytes], way: Way) -> Outcome:
    name, data = hostile
    return way.go("describe", {name: data * 160})


SPLITS = {"validation.f32": 20, "holdout.f32": fakes.HOLDOUT_COUNT}


@fuzz(
    st.tuples(
        st.sampled_from(["train", "replay", "predict"]),
        st.sampled_from([*SPLITS]),
        prediction_files(),
    ),
    share=0.3,
)
def test_predictions(hostile: tuple[str, str, bytes], way: Way) -> Outcome:
    task, name, data = hostile
    size = SPLITS[name] * CLASSES * 4 + len(data) % 2
    return way.go(task, {name: (data * 16)[:size]})


PARTS: tuple[Any, ...] = (
    fakes.ARCHITECTURE, "keras.layers", "keras.initializers", "builtins", "function", "Lambda",
    "__numpy__", "__lambda__", "Zeros", "float32", {"class_name": "__ellipsis__", "config": {}},
    {"class_name": [[[]]], "module": {}, "config": None, "registered_name": 1},
)  # fmt: skip


@fuzz(bent_json(fakes.ARCHITECTURE, PARTS), share=0.6)
def test_architecture(hostile: bytes, way: Way) -> Outcome:
    return way.go("train", {"architecture.json": hostile})


@fuzz(
    st.tuples(bent_json(fakes.SHAPES, ("int8", "bool", [])), bent_bytes(fakes.WEIGHTS)), share=0.6
)
def test_weights(hostile: tuple[bytes, bytes], way: Way) -> Outcome:
    shapes, weights = hostile
    whole = weights if len(shapes) % 2 else fakes.WEIGHTS
    return way.go("train", {"weights.json": shapes, "weights.bin": whole})


@fuzz(bent_json(fakes.description()["layers"]), share=0.6)
def test_layers_of_a_replay(hostile: bytes, way: Way) -> Outcome:
    return way.go("replay", {"layers.json": hostile})


@fuzz(bent_json(ERROR), share=0.3)
def test_error_of_a_replay(hostile: bytes, way: Way) -> Outcome:
    return way.go("replay", {"error.json": hostile}, exit_code=1)
