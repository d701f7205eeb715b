"""The readers of what a job leaves behind, one by one; test_jobs.py has the whole way."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from rich.console import Console

from autograder.commands.train import EpochView
from autograder.evidence import Evidence, Look
from autograder.instructor_checks import _read_results
from autograder.jobs import OutputFile, Progress
from autograder.leftovers import QUARTERS, Quarter, quarter_file, read_history, read_quarter
from autograder.looks import LeftLooks, looks_of
from autograder.metrics import read_predictions
from autograder.models import Epoch, Finding
from autograder.outputs import collect_outputs, remove_folder
from autograder.runner import _read_progress
from autograder.scoring import CheckResult
from autograder.view import Bar, BatchView
from tests import fakes
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_bytes, bent_json, dump_json
from tests.fuzz.samples import (
    CLASSES,
    LOOK,
    ROWS,
    history_files,
    look_numbers,
    prediction_files,
)
from tests.fuzz.shown import assert_printable


@fuzz(history_files(), raises=(ValueError,))
def test_history(hostile: bytes) -> tuple[Epoch, ...]:
    return read_history(hostile)


QUARTER_FILES = st.fixed_dictionaries(
    {"weights.json": bent_json(fakes.SHAPES, ("int8", [])) | st.just(dump_json(fakes.SHAPES))},
    optional={
        "history.jsonl": history_files(),
        **{quarter_file(number): bent_bytes(fakes.WEIGHTS) | st.just(fakes.WEIGHTS)
           for number in QUARTERS},
    },
)  # fmt: skip


@fuzz(QUARTER_FILES, share=0.5)
def test_quarter(hostile: dict[str, bytes]) -> Quarter | None:
    """A training that was stopped is predicted with what it last left; with less, not with more."""
    found = read_quarter(fakes.result(hostile, exit_code=-9), 10)

    if found is not None:
        assert found.steps in {3, 5, 8}
        assert found.weights.content == hostile[quarter_file(found.number)]
        assert all(epoch.step <= found.steps for epoch in found.history)
    return found


@fuzz(prediction_files())
def test_predictions(hostile: bytes) -> NDArray[np.float32] | Finding:
    answer = read_predictions(hostile, ROWS, CLASSES)

    if isinstance(answer, Finding):
        assert_printable(answer)
    else:
        assert answer.shape == (ROWS, CLASSES)
        assert answer.dtype == np.float32
        assert np.isfinite(answer).all()
        assert answer.tobytes() == hostile
    return answer


@fuzz(
    st.tuples(
        bent_json(LOOK),
        look_numbers(),
        st.sampled_from([1.0, 3e38]),
    )
)
def test_looks(hostile: tuple[bytes, bytes, float]) -> tuple[Look | None, Look | None]:
    """What was shown to a network is for the grader to say, and everything shown can be kept."""
    facts, numbers, scale = hostile
    predictions = np.eye(ROWS, CLASSES, dtype=np.float32) * np.float32(scale)
    images = np.arange(ROWS * 8 * 8 * 3, dtype=np.uint8).reshape(ROWS, 8, 8, 3)
    labels = np.zeros(ROWS, np.int32)

    right, misread = looks_of(LeftLooks(facts, numbers), predictions, images, labels)

    for look, is_right in ((right, True), (misread, False)):
        if look:
            assert (look.read_as == look.class_id) is is_right
            assert look.image in images
            for values in (look.scores, look.occlusion, *(layer.maps for layer in look.layers)):
                assert np.isfinite(values.astype(np.float16)).all()
            assert np.abs(look.occlusion).max() <= 1
            assert all((layer.layer + layer.kind).isprintable() for layer in look.layers)
    kept = Evidence.from_npz(Evidence(right=right, misread=misread).to_npz())
    assert (kept.right is None, kept.misread is None) == (right is None, misread is None)
    return right, misread


class Terminal(io.StringIO):
    """What rich draws its bars on."""

    def isatty(self) -> bool:
        return True


@fuzz(st.tuples(bent_bytes(b"5 10"), history_files()))
def test_progress(hostile: tuple[bytes, bytes], folder: Path) -> Progress | None:
    """A terminal shows it while the job runs, and the job writes it meanwhile."""
    for name, data in zip(("progress", "history.jsonl"), hostile, strict=True):
        (folder / name).write_bytes(data)

    progress = _read_progress(folder)

    if progress is not None:
        for file in (io.StringIO(), Terminal()):
            console = Console(file=file, width=100)
            with Bar(console) as bar:
                EpochView(console, bar).progress("ada", progress)
            with BatchView(console, 1) as view:
                view.stage("ada", "training")
                view.progress("ada", progress)
    return progress


RESULTS = {"checks.py::test_a": [True, ""], "checks.py::test_b": [None, "call: why"]}


@fuzz(bent_json(RESULTS, ("checks.py::test_b", [False, "Vary it."])))
def test_check_results(hostile: bytes, folder: Path) -> dict[str, CheckResult]:
    (folder / "results.json").write_bytes(hostile)

    results = _read_results(folder)

    for result in results.values():
        assert result.passed in {True, False, None}
        assert isinstance(result.message, str)
    return results


NAMES = ("description.json", "holdout.f32", "error.json")
CONTENTS = {"file": b"x" * 100, "large": b"x" * 101, "empty": b""}
KINDS = ("nothing", "folder", "fifo", "link", "loop", "socket", *CONTENTS)


@fuzz(st.lists(st.sampled_from(KINDS), min_size=3, max_size=3), share=0.5)
def test_folder(hostile: list[str], folder: Path, tmp_path: Path) -> dict[str, bytes]:
    (tmp_path / "secret").write_bytes(b"secret")
    job = folder / "job"
    job.mkdir()
    for name, kind in zip(NAMES, hostile, strict=True):
        make_entry(job / name, kind, tmp_path / "secret")

    outputs = collect_outputs(job, tuple(OutputFile(name, 100) for name in NAMES))

    kinds = zip(NAMES, hostile, strict=True)
    assert outputs == {name: CONTENTS[kind] for name, kind in kinds if kind in {"file", "empty"}}
    remove_folder(job)
    assert not job.exists()
    return outputs


def make_entry(path: Path, kind: str, secret: Path) -> None:
    """Make something of a kind that a reader may meet."""
    match kind:
        case "folder":
            (path / "deep").mkdir(parents=True)
        case "fifo":
            os.mkfifo(path)
        case "link":
            path.symlink_to(secret)
        case "loop":
            path.symlink_to(path.name)
        case "socket":
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(os.path.relpath(path))  # its length is limited
        case "file" | "large" | "empty":
            path.write_bytes(CONTENTS[kind])
