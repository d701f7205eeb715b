"""Data and runners that several test files share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.confined_runner import SandboxRunner
from autograder.errors import SandboxUnavailableError
from autograder.jobs import Job, JobResult, Limits, OutputFile
from autograder.runner import Runner

SIZE, CLASSES = 16, 5
LIMITS = Limits(cpu_s=30, wall_s=60, memory_mib=1536, disk_mib=8, threads=40, output_mib=1)
OUTPUTS = tuple(
    OutputFile(name, 1 << 20)
    for name in (
        "description.json", "untrained.f32", "augmented.f32", "error.json",
        "history.jsonl", "validation.f32", "holdout.f32", "training.json", "weights.json",
        "weights.bin",
    )
)  # fmt: skip

# The smallest submission that keeps the contract.
TINY = """
import keras

def build_model(input_shape, num_classes):
    return keras.Sequential([
        keras.Input(input_shape),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(num_classes),
    ])

def build_augmentation():
    return keras.layers.RandomTranslation(0.1, 0.1, fill_mode="nearest")

def training_plan():
    return {"epochs": 2, "batch_size": 8}
"""


@dataclass(frozen=True)
class TinyData:
    """Five classes of coloured squares, as files."""

    folder: Path

    @property
    def readable(self) -> tuple[Path, ...]:
        return tuple(sorted(self.folder.glob("*.npy")))

    def arguments(self, **more: Any) -> dict[str, Any]:
        """Return a task's arguments for this data."""
        paths = {
            f"{split}_{kind}": str(self.folder / f"{split}_{kind}.npy")
            for split in ("train", "validation")
            for kind in ("images", "labels")
        }
        common = {"module": "submission", "image_size": SIZE, "num_classes": CLASSES, "seed": 3}
        return {**common, **paths, **more}


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> TinyData:
    folder = tmp_path_factory.mktemp("tiny-data")
    random = np.random.default_rng(0)
    colours = random.integers(0, 256, (CLASSES, 1, 1, 3))
    for split, count in (("train", 40), ("validation", 20), ("holdout", 20)):
        labels = random.permutation(np.arange(count) % CLASSES).astype(np.int32)
        noise = random.integers(-20, 20, (count, SIZE, SIZE, 3))
        images = np.clip(colours[labels] + noise, 0, 255).astype(np.uint8)
        np.save(folder / f"{split}_images.npy", images)
        if split != "holdout":
            np.save(folder / f"{split}_labels.npy", labels)
    return TinyData(folder)


@pytest.fixture(scope="session")
def sandbox(tiny_data: TinyData) -> Iterator[Runner]:
    """One zygote for all tests that need real jobs."""
    if sys.platform != "linux":
        pytest.skip("the sandbox is for Linux")
    try:
        runner = SandboxRunner(tiny_data.readable, strict=True)
    except SandboxUnavailableError as error:
        pytest.skip(f"no sandbox on this machine: {error}")
    with runner:
        yield runner


@dataclass(frozen=True)
class Jobs:
    """Runs payloads as jobs on the tiny data."""

    runner: Runner
    data: TinyData

    def describe(self, source: str, limits: Limits = LIMITS) -> JobResult:
        """Run the task that builds the model."""
        return self._run("describe", {"probe_images": 20, "augmented_images": 4}, source, limits)

    def train(self, source: str, limits: Limits = LIMITS, steps: int = 10) -> JobResult:
        """Run the task that trains."""
        more = {"batch_size": 8, "steps": steps, "steps_per_epoch": 5, "keep_bytes": 1 << 20}
        return self._run("train", more, source, limits)

    def _run(self, task: str, more: dict[str, Any], source: str, limits: Limits) -> JobResult:
        sources = {"submission.py": source}
        return self.runner.run(Job(task, self.data.arguments(**more), sources, limits, OUTPUTS))


@pytest.fixture(scope="session")
def jobs(sandbox: Runner, tiny_data: TinyData) -> Jobs:
    return Jobs(sandbox, tiny_data)
