"""Asks for jobs and understands what is left of them: describe a submission, then train it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from autograder.config import Config
from autograder.datasets import Dataset, Holdout
from autograder.jobs import Job, JobResult, Limits, OutputFile
from autograder.model_rules import Description
from autograder.models import (
    Epoch,
    Layer,
    ResourceUse,
    Submission,
    TrainingPlan,
)
from autograder.runner import OnProgress, Runner
from autograder.verdicts import ERROR_FILE, Failure, JobFile, failure_of, unfinished

PROBE_IMAGES = 430
AUGMENTED_IMAGES = 32
_JSON_BYTES = 1 << 20
_MAX_EPOCH_LINES = 10_000


@dataclass(frozen=True)
class Trained:
    """What a training left behind, unchecked but for its size.

    Attributes:
        history: As the job reported it.
        weights_sha256: SHA-256 over the final weights, as the job reported it.
        validation: Raw predictions of the validation split, little-endian float32.
        holdout: The same of the holdout; empty if it was not asked for.
    """

    history: tuple[Epoch, ...]
    weights_sha256: str
    validation: bytes
    holdout: bytes


@dataclass(frozen=True)
class Attempt:
    """A job's result, understood, and what it cost."""

    result: Description | Trained | Failure
    resources: ResourceUse
    log: bytes


class _LayerFile(JobFile):
    name: str = Field(max_length=500)
    kind: str = Field(max_length=500)
    is_convolution: bool
    output_shape: list[int | None] | None
    weight_shapes: list[list[int]]
    trainable_shapes: list[list[int]]


class _DescriptionFile(JobFile):
    layers: list[_LayerFile] = Field(max_length=5000)
    output_shape: list[int]
    augmented_shape: list[int]
    plan: dict[str, bool | int | float | str]


class _EpochLine(JobFile):
    epoch: int
    step: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


class _TrainingFile(JobFile):
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Trainer:
    """Runs the jobs of submissions on one data set.

    Args:
        runner: Where jobs run.
        config: The rules.
        dataset: The public splits.
        holdout: Its images go into training jobs, its labels never do; None at a student's.
    """

    def __init__(
        self, runner: Runner, config: Config, dataset: Dataset, holdout: Holdout | None
    ) -> None:
        self._runner, self._config = runner, config
        self._dataset, self._holdout = dataset, holdout
        self.probe_images = min(PROBE_IMAGES, dataset.validation.count)
        self.augmented_images = min(AUGMENTED_IMAGES, dataset.train.count)

    def describe(self, submission: Submission) -> Attempt:
        """Build the model and try the augmentation.

        Returns:
            An attempt whose result is a `Description` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        size, classes = self._dataset.image_size, self._dataset.num_classes
        arguments = self._arguments() | {
            "probe_images": self.probe_images,
            "augmented_images": self.augmented_images,
        }
        pixels = 2 * self.augmented_images * size * size * 3 * 4
        outputs = (
            OutputFile("description.json", _JSON_BYTES),
            # A wrong output shape is judged from the description; its bytes are not needed.
            OutputFile("untrained.f32", self.probe_images * classes * 4),
            OutputFile("augmented.f32", pixels),
        )
        limits = Limits.for_building(self._config.limits)
        job = self._job("describe", arguments, submission, limits, outputs)
        result = self._runner.run(job)
        failure = failure_of(result, submission, limits)
        return _attempt(result, failure or self._read_description(result))

    def train(
        self, submission: Submission, plan: TrainingPlan, on_progress: OnProgress | None = None
    ) -> Attempt:
        """Train as planned and predict.

        Returns:
            An attempt whose result is `Trained` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        classes = self._dataset.num_classes
        arguments = self._arguments() | {
            "batch_size": plan.batch_size,
            "steps": plan.steps,
            "steps_per_epoch": plan.steps_per_epoch,
            "holdout_images": str(self._holdout.images) if self._holdout else None,
        }
        # One number more than there should be, so that too many are told from just enough.
        validation_bytes = (self._dataset.validation.count * classes + 1) * 4
        holdout_bytes = ((self._holdout.count if self._holdout else 0) * classes + 1) * 4
        outputs = (
            OutputFile("history.jsonl", _JSON_BYTES),
            OutputFile("training.json", _JSON_BYTES),
            OutputFile("validation.f32", validation_bytes),
            OutputFile("holdout.f32", holdout_bytes),
        )
        limits = Limits.for_training(self._config.limits)
        job = self._job("train", arguments, submission, limits, outputs)
        result = self._runner.run(job, on_progress)
        failure = failure_of(result, submission, limits)
        return _attempt(result, failure or self._read_training(result))

    def _arguments(self) -> dict[str, Any]:
        data = self._dataset
        return {
            "module": self._config.assignment.module,
            "image_size": data.image_size,
            "num_classes": data.num_classes,
            "seed": self._config.seeds.training,
            "train_images": str(data.train.images),
            "train_labels": str(data.train.labels),
            "validation_images": str(data.validation.images),
            "validation_labels": str(data.validation.labels),
        }

    @staticmethod
    def _job(
        task: str,
        arguments: dict[str, Any],
        submission: Submission,
        limits: Limits,
        outputs: tuple[OutputFile, ...],
    ) -> Job:
        sources = {file.name: file.text for file in submission.files}
        return Job(task, arguments, sources, limits, (*outputs, ERROR_FILE))

    def _read_description(self, result: JobResult) -> Description | Failure:
        try:
            file = _DescriptionFile.model_validate(_json(result, "description.json"))
        except (ValueError, RecursionError):
            return unfinished("description.json")
        size = self._dataset.image_size
        shape = (2, self.augmented_images, size, size, 3)
        raw = result.outputs.get("augmented.f32", b"")
        complete = len(raw) == int(np.prod(shape)) * 4
        return Description(
            layers=tuple(_layer(layer) for layer in file.layers),
            output_shape=tuple(file.output_shape),
            augmented_shape=tuple(file.augmented_shape),
            plan=dict(file.plan),
            untrained=result.outputs.get("untrained.f32", b""),
            augmented=np.frombuffer(raw, "<f4").reshape(shape) if complete else None,
        )

    def _read_training(self, result: JobResult) -> Trained | Failure:
        try:
            file = _TrainingFile.model_validate(_json(result, "training.json"))
            history = read_history(result.outputs.get("history.jsonl", b""))
        except (ValueError, RecursionError):
            return unfinished("training.json")
        return Trained(
            history=history,
            weights_sha256=file.weights_sha256,
            validation=result.outputs.get("validation.f32", b""),
            holdout=result.outputs.get("holdout.f32", b""),
        )


def _attempt(result: JobResult, understood: Description | Trained | Failure) -> Attempt:
    resources = ResourceUse(result.cpu_s, result.wall_s, result.peak_memory_mib)
    return Attempt(understood, resources, result.log)


def _json(result: JobResult, name: str) -> Any:
    """Parse an output file; ValueError if it is missing or no JSON."""
    return json.loads(result.outputs.get(name, b""))


def _layer(layer: _LayerFile) -> Layer:
    return Layer(
        name=layer.name,
        kind=layer.kind,
        is_convolution=layer.is_convolution,
        output_shape=None if layer.output_shape is None else tuple(layer.output_shape),
        weight_shapes=tuple(map(tuple, layer.weight_shapes)),
        trainable_shapes=tuple(map(tuple, layer.trainable_shapes)),
    )


def read_history(raw: bytes) -> tuple[Epoch, ...]:
    """Return a job's ``history.jsonl``, checked for its form only.

    Raises:
        ValueError: It is not as documented.
    """
    lines = raw.splitlines()[:_MAX_EPOCH_LINES]
    parsed = (_EpochLine.model_validate(json.loads(line)) for line in lines)
    return tuple(Epoch(**line.model_dump()) for line in parsed)


def data_paths(dataset: Dataset, holdout: Holdout | None) -> tuple[Path, ...]:
    """Return the files that jobs may read: never a label of the holdout."""
    public = (dataset.train, dataset.validation)
    paths = [path for split in public for path in (split.images, split.labels)]
    return (*paths, holdout.images) if holdout else tuple(paths)
