"""A runner that runs nothing, and an assignment to go with it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.corrupted import CorruptedImages, open_corrupted
from autograder.data_cache import Split
from autograder.datasets import Dataset
from autograder.desk import JobDesk
from autograder.environment import detect_environment
from autograder.jobs import Ending, Job, JobResult, Progress
from autograder.models import SourceFile, Submission
from autograder.pipeline import Grader
from autograder.reports.report import Report
from autograder.runner import OnProgress, Runner
from tests.conftest import CLASSES, SIZE, TINY, TinyData

HOLDOUT_COUNT = 25
LABELS = (np.arange(HOLDOUT_COUNT) % CLASSES).astype(np.int32)
CONFIG = Config.model_validate(
    {
        "version": 1,
        "rules": {"min_convolutions": 1, "max_untrained_accuracy": 0.5},
        "rubric": [
            {"id": "f1", "title": "F1", "points": 90, "metric": "macro_f1",
             "zero_at": 0.5, "full_at": 0.9},
            {"id": "size", "title": "Size", "points": 10, "rules": ["parameter-limit"]},
        ],
    }
)  # fmt: skip


def result(outputs: dict[str, bytes] | None = None, **changes: Any) -> JobResult:
    """Return the result of a job that ended well, but for ``changes``."""
    facts: dict[str, Any] = {
        "ending": Ending.EXITED, "exit_code": 0, "cpu_s": 2.0, "wall_s": 3.0,
        "peak_memory_mib": 400.0, "log": b"printed\n",
    }  # fmt: skip
    return JobResult(**(facts | changes), outputs=outputs or {})


def description(**changes: Any) -> dict[str, Any]:
    layer = {
        "name": "conv", "kind": "Conv2D", "is_convolution": True, "output_shape": [8, 8, 4],
        "weight_shapes": [[3, 3, 3, 4], [4]], "trainable_shapes": [[3, 3, 3, 4], [4]],
        "previous": None, "rate": None, "momentum": None,
    }  # fmt: skip
    facts = {
        "layers": [layer], "output_shape": [CLASSES], "augmented_shape": [SIZE, SIZE, 3],
        "plan": {"epochs": 2, "batch_size": 8},
        "compile": {"from_logits": None, "learning_rate": None},
    }  # fmt: skip
    return facts | changes


def predictions(labels: np.ndarray[Any, Any], right: int | None = None) -> bytes:
    """Return raw predictions of which the first ``right`` are right; all of them by default."""
    predicted = labels.copy()
    if right is not None:
        predicted[right:] = (predicted[right:] + 1) % CLASSES
    return bytes(np.eye(CLASSES, dtype="<f4")[predicted].tobytes())


# A model as small as can be, with the 112 parameters of `description`.
ARCHITECTURE = {
    "module": "keras", "class_name": "Sequential", "registered_name": None,
    "config": {
        "layers": [
            {"module": "keras.layers", "class_name": "Conv2D", "registered_name": None,
             "config": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
        ]
    },
}  # fmt: skip
PARTS = {
    "model": ARCHITECTURE, "loss": "sparse_categorical_crossentropy",
    "augmentation": {"module": "keras.layers", "class_name": "Identity", "registered_name": None,
                     "config": {}},
    "optimizer": {"module": "keras.optimizers", "class_name": "Adam", "registered_name": None,
                  "config": {"learning_rate": 0.001}},
}  # fmt: skip
SHAPES: list[dict[str, Any]] = [
    {"dtype": "float32", "shape": [3, 3, 3, 4]},
    {"dtype": "float32", "shape": [4]},
]
WEIGHTS = np.arange(112, dtype="<f4").tobytes()
HISTORY = {
    "epoch": 1, "step": 5, "loss": 1.5, "accuracy": 0.4, "validation_loss": 1.4,
    "validation_accuracy": 0.45,
}  # fmt: skip


def ops(batch_size: int = 8, count: int = 1) -> dict[str, Any]:
    """Return the ops of a step whose one layer is run so many times."""

    def of(images: int) -> dict[str, Any]:
        row = {
            "part": "model", "layer": "conv", "op": "Conv2D", "item_bytes": 4, "count": count,
            "inputs": [[images, SIZE, SIZE, 3], [3, 3, 3, 4]], "outputs": [[images, SIZE, SIZE, 4]],
        }  # fmt: skip
        return {"batch_size": images, "left_out": 0, "rows": [row]}

    return {"train": of(batch_size), "predict": of(256)}


@dataclass
class Script:
    """What the fake jobs answer; a test changes what it is about.

    Where the rubric asks for robustness, the labels of the corrupted images are in their order.
    """

    validation_labels: np.ndarray[Any, Any]
    corrupted_labels: np.ndarray[Any, Any] | None = None
    describe: Callable[[], JobResult] = field(init=False)
    price: Callable[[], JobResult] = field(init=False)
    calibrate: Callable[[], JobResult] = field(init=False)
    train: Callable[[], JobResult] = field(init=False)
    predict: Callable[[], JobResult] = field(init=False)
    replay: Callable[[], JobResult] = field(init=False)
    asked: list[Job] = field(default_factory=list)
    alone: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.describe = self.described
        self.calibrate = lambda: result({"calibration.json": b'{"step_ms": 32.0}'})
        self.price = lambda: result({"ops.json": json.dumps(ops()).encode()}, log=b"")
        self.train = self.trained
        self.predict = self.predicted
        self.replay = self.replayed

    def described(self) -> JobResult:
        """Return the result of a job that built the model."""
        untrained = np.zeros((len(self.validation_labels), CLASSES), "<f4").tobytes()
        augmented = np.zeros((2, 32, SIZE, SIZE, 3), "<f4").tobytes()
        return result(
            {
                "description.json": json.dumps(description()).encode(),
                "untrained.f32": untrained,
                "augmented.f32": augmented,
                "ops.json": json.dumps(ops()).encode(),
                "parts.json": json.dumps(PARTS).encode(),
            }
        )

    def trained(self, **outputs: bytes) -> JobResult:
        """Return the result of a training that reads the whole validation split right."""
        files = {
            "history.jsonl": json.dumps(HISTORY).encode() + b"\n",
            "training.json": b'{"not_kept": ""}',
            "validation.f32": predictions(self.validation_labels),
            "architecture.json": json.dumps(ARCHITECTURE).encode(),
            "weights.json": json.dumps(SHAPES).encode(),
            "weights.bin": WEIGHTS,
        }
        return result(files | outputs)

    def predicted(self, holdout: bytes | None = None, **outputs: bytes) -> JobResult:
        """Return the result of the student's model predicting, this on the holdout."""
        return result(self._predictions(holdout) | outputs, log=b"whispered\n")

    def replayed(self, holdout: bytes | None = None, **outputs: bytes) -> JobResult:
        """Return the result of a clean job that predicts the same, and this on the holdout."""
        files = {
            "layers.json": json.dumps(description()["layers"]).encode(),
            **self._predictions(holdout),
        }
        return result(files | outputs, log=b"")

    def _predictions(self, holdout: bytes | None) -> dict[str, bytes]:
        files = {
            "validation.f32": predictions(self.validation_labels),
            "holdout.f32": predictions(LABELS) if holdout is None else holdout,
        }
        if self.corrupted_labels is not None:
            files["corrupted.f32"] = predictions(self.corrupted_labels)
        return files


class FakeRunner(Runner):
    """Answers jobs from a script."""

    isolation = "full"

    def __init__(self, script: Script) -> None:  # makes no folder, so has none to remove
        self.script = script

    def close(self) -> None:
        self._closed = True

    def run(
        self, job: Job, on_progress: OnProgress | None = None, *, alone: bool = False
    ) -> JobResult:
        if job.task == "calibrate":
            return self.script.calibrate()
        self.script.asked.append(job)
        self.script.alone.append(alone)
        if job.task == "describe":
            return self.script.describe()
        if job.task == "price":
            return self.script.price()
        if job.task == "predict":
            return self.script.predict()
        if job.task == "replay":
            return self.script.replay()
        if on_progress:
            on_progress(Progress(5, 10, b""))
        return self.script.train()

    def _run(self, *_: Any) -> JobResult:
        raise NotImplementedError


class Watched:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.reports: list[tuple[Report, bool]] = []

    def stage(self, submission_id: str, stage: str) -> None:
        self.stages.append(stage)

    def progress(self, submission_id: str, progress: Progress) -> None:
        self.stages.append(f"{progress.step}/{progress.steps}")

    def finished(self, report: Report, *, cached: bool) -> None:
        self.reports.append((report, cached))


def submission(text: str = TINY, name: str = "ada") -> Submission:
    files = (SourceFile("submission.py", text, "submission.py"),)
    sha256 = f"{abs(hash((text, name))):064x}"[:64]
    return Submission(name, name, "", Path(name), files, sha256)


def fake_grader(
    data: TinyData, config: Config = CONFIG, *, holdout: bool = True
) -> tuple[Grader, Script]:
    """Return a grader whose jobs follow the script that comes with it."""
    folder = data.folder
    if not (folder / "holdout_labels.npy").exists():  # a runner minds data that changes
        np.save(folder / "holdout_labels.npy", LABELS)
        for name in ("train", "validation", "holdout"):
            count = len(np.load(folder / f"{name}_labels.npy"))
            np.save(folder / f"{name}_tracks.npy", np.arange(count, dtype=np.int32))
    splits = {
        name: Split(
            folder / f"{name}_images.npy", folder / f"{name}_labels.npy",
            folder / f"{name}_tracks.npy", len(np.load(folder / f"{name}_labels.npy")), name,
        )
        for name in ("train", "validation", "holdout")
    }  # fmt: skip
    dataset = Dataset(
        "roadsigns", SIZE, tuple("abcde"), splits["train"], splits["validation"], "f" * 64
    )
    corrupted = None
    if config.asks_for_robustness:
        corrupted = _corrupted(splits["holdout" if holdout else "validation"], config)
    assignment = Assignment(
        config=config, config_path=folder / "grading.yaml", dataset=dataset,
        holdout=splits["holdout"] if holdout else None,
        environment=detect_environment("strict"), default_holdout=False, isolation="full",
        corrupted=corrupted,
    )  # fmt: skip
    script = Script(np.load(splits["validation"].labels))
    if corrupted:
        script.corrupted_labels = _labels_of(corrupted, assignment.load_labels().scored)
    desk = JobDesk(FakeRunner(script), config, dataset, assignment.holdout, corrupted)
    return Grader(assignment, desk), script


def _corrupted(split: Split, config: Config) -> CorruptedImages:
    """Return the corrupted images of a split; no job looks at them."""
    images = split.images.with_name(f"scored_{split.count}_images.npy")
    if not images.exists():
        np.save(images, np.zeros((split.count, SIZE, SIZE, 3), np.uint8))
    return open_corrupted(dataclasses.replace(split, images=images), config.robustness)


def _labels_of(corrupted: CorruptedImages, labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    found = np.zeros(corrupted.count, np.int32)
    for part in corrupted.parts:
        found[part.places] = labels[part.sources]
    return found
