"""Asks for jobs and understands what is left of them: describe a submission, train it, replay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field, TypeAdapter

from autograder.config import Config
from autograder.cost import Graph
from autograder.datasets import Dataset, Holdout
from autograder.diagnoses import LayerFacts
from autograder.jobs import Job, JobResult, Limits, OutputFile
from autograder.model_rules import Description
from autograder.models import (
    Epoch,
    Layer,
    ResourceUse,
    Submission,
    TrainingPlan,
    Verdict,
)
from autograder.pricing import OPS, OPS_FILE, PARTS, PARTS_FILE, read_graph
from autograder.replay import KeptModel, Predictions, Replayed, output_files
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
        weights_sha256: SHA-256 over the final weights: over those that it left, if it did; else
            as the job reported it.
        predictions: Of the validation split and the holdout; empty where not asked for.
        model: What is needed to replay it.
    """

    history: tuple[Epoch, ...]
    weights_sha256: str
    predictions: Predictions
    model: KeptModel


@dataclass(frozen=True)
class Attempt:
    """A job's result, understood, and what it cost."""

    result: Description | Graph | Trained | Replayed | Failure
    resources: ResourceUse
    log: bytes


# A forged shape must not become a number that cannot even be printed.
_Size = Annotated[int, Field(ge=0, lt=1 << 31)]
_Shape = Annotated[list[_Size], Field(max_length=32)]
_Count = Annotated[int, Field(ge=0, lt=1 << 53)]


class _LayerFile(JobFile):
    name: str = Field(max_length=500)
    kind: str = Field(max_length=500)
    is_convolution: bool
    output_shape: Annotated[list[_Size | None], Field(max_length=32)] | None
    weight_shapes: Annotated[list[_Shape], Field(max_length=5000)]
    trainable_shapes: Annotated[list[_Shape], Field(max_length=5000)]
    previous: str | None = Field(max_length=500)
    rate: float | None
    momentum: float | None


_LayerFiles = TypeAdapter(Annotated[list[_LayerFile], Field(max_length=5000)])


class _CompileFile(JobFile):
    from_logits: bool | None
    learning_rate: float | None


class _DescriptionFile(JobFile):
    layers: list[_LayerFile] = Field(max_length=5000)
    output_shape: _Shape
    augmented_shape: _Shape
    plan: dict[str, bool | int | float | str]
    compile: _CompileFile
    not_kept: str = Field(default="", max_length=1000)


class _EpochLine(JobFile):
    epoch: _Count
    step: _Count
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


class _TrainingFile(JobFile):
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    not_kept: str = Field(default="", max_length=1000)


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
            OPS_FILE,
            PARTS_FILE,
        )
        limits = Limits.for_building(self._config.limits)
        job = self._job("describe", arguments, submission, limits, outputs)
        result = self._runner.run(job)
        failure = failure_of(result, submission, limits)
        return _attempt(result, failure or self._read_description(result))

    def price(
        self, submission: Submission, inputs: Mapping[str, bytes], batch_size: int
    ) -> Attempt:
        """Trace a training step in a job without the student's code.

        Args:
            submission: Whose training it is.
            inputs: From `autograder.pricing.inputs_of_pricing`.
            batch_size: Images a step.

        Returns:
            An attempt whose result is a `Graph` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        limits = Limits.for_building(self._config.limits)
        arguments = self._arguments() | {"batch_size": batch_size}
        job = Job("price", arguments, {}, limits, (OPS_FILE, ERROR_FILE), inputs)
        result = self._runner.run(job)
        graph = read_graph(result.outputs.get(OPS, b""))
        return _attempt(result, failure_of(result, submission, limits) or graph or unfinished(OPS))

    def train(
        self,
        submission: Submission,
        plan: TrainingPlan,
        on_progress: OnProgress | None = None,
        seed: int | None = None,
    ) -> Attempt:
        """Train as planned and predict.

        Args:
            submission: What to train.
            plan: For how long.
            on_progress: Told how it goes.
            seed: Of everything random; that of the rules by default.

        Returns:
            An attempt whose result is `Trained` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        # Half of what it may write; the student's own files need room as well.
        keep_bytes = self._config.limits.disk_mib << 19 if self._holdout else 0
        arguments = self._arguments() | {
            "batch_size": plan.batch_size,
            "steps": plan.steps,
            "steps_per_epoch": plan.steps_per_epoch,
            "holdout_images": self._holdout_images(),
            "keep_bytes": keep_bytes,
        }
        if seed is not None:
            arguments["seed"] = seed
        outputs = (
            OutputFile("history.jsonl", _JSON_BYTES),
            OutputFile("training.json", _JSON_BYTES),
            *self._prediction_files(),
            *output_files(keep_bytes),
        )
        limits = Limits.for_training(self._config.limits)
        job = self._job("train", arguments, submission, limits, outputs)
        result = self._runner.run(job, on_progress)
        failure = failure_of(result, submission, limits)
        return _attempt(result, failure or self._read_training(result))

    def replay(self, submission: Submission, inputs: Mapping[str, bytes]) -> Attempt:
        """Predict with a trained model again, in a job without the student's code.

        Args:
            submission: Whose model it is.
            inputs: From `autograder.replay.inputs_of_replay`.

        Returns:
            An attempt whose result is `Replayed` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        arguments = self._arguments() | {"holdout_images": self._holdout_images()}
        limits = Limits.for_training(self._config.limits)
        outputs = (OutputFile("layers.json", _JSON_BYTES), *self._prediction_files(), ERROR_FILE)
        job = Job("replay", arguments, {}, limits, outputs, inputs)
        result = self._runner.run(job)
        return _attempt(result, failure_of(result, submission, limits) or _read_replay(result))

    def _holdout_images(self) -> str | None:
        return str(self._holdout.images) if self._holdout else None

    def _prediction_files(self) -> tuple[OutputFile, ...]:
        classes = self._dataset.num_classes
        # One number more than there should be, so that too many are told from just enough.
        validation_bytes = (self._dataset.validation.count * classes + 1) * 4
        holdout_bytes = ((self._holdout.count if self._holdout else 0) * classes + 1) * 4
        return (
            OutputFile("validation.f32", validation_bytes),
            OutputFile("holdout.f32", holdout_bytes),
        )

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
            facts=tuple(
                LayerFacts(_layer(layer), layer.rate, layer.momentum, layer.previous)
                for layer in file.layers
            ),
            from_logits=file.compile.from_logits,
            learning_rate=file.compile.learning_rate,
            untrained=result.outputs.get("untrained.f32", b""),
            augmented=np.frombuffer(raw, "<f4").reshape(shape) if complete else None,
            graph=read_graph(result.outputs.get(OPS, b"")),
            parts=result.outputs.get(PARTS, b""),
        )

    def _read_training(self, result: JobResult) -> Trained | Failure:
        try:
            file = _TrainingFile.model_validate(_json(result, "training.json"))
            history = read_history(result.outputs.get("history.jsonl", b""))
        except (ValueError, RecursionError):
            return unfinished("training.json")
        model = KeptModel.from_outputs(result.outputs, file.not_kept)
        return Trained(
            history=history,
            weights_sha256=model.weights.sha256 if model.weights else file.weights_sha256,
            predictions=_predictions(result),
            model=model,
        )


def _read_replay(result: JobResult) -> Replayed | Failure:
    try:
        layers = _LayerFiles.validate_python(_json(result, "layers.json"))
    except (ValueError, RecursionError):
        return Failure(Verdict.RUNTIME_ERROR, (), "it described more layers than we read")
    return Replayed(tuple(map(_layer, layers)), _predictions(result))


def _predictions(result: JobResult) -> Predictions:
    outputs = result.outputs
    return Predictions(outputs.get("validation.f32", b""), outputs.get("holdout.f32", b""))


def _attempt(
    result: JobResult, understood: Description | Graph | Trained | Replayed | Failure
) -> Attempt:
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
    try:
        parsed = [_EpochLine.model_validate(json.loads(line)) for line in lines]
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return tuple(Epoch(**line.model_dump()) for line in parsed)


def data_paths(dataset: Dataset, holdout: Holdout | None) -> tuple[Path, ...]:
    """Return the files that jobs may read: never a label of the holdout."""
    public = (dataset.train, dataset.validation)
    paths = [path for split in public for path in (split.images, split.labels)]
    return (*paths, holdout.images) if holdout else tuple(paths)
