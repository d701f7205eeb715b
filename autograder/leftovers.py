"""What jobs leave behind, understood: taken exactly as our worker writes it, or not at all.

Every one of them may be forged; what that gains is judged where they are used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter

from autograder.diagnoses import LayerFacts
from autograder.jobs import JobResult
from autograder.looks import LeftLooks
from autograder.model_rules import Description
from autograder.models import Epoch, Layer, Verdict
from autograder.pricing import OPS, PARTS, read_graph
from autograder.replay import SHAPES, KeptModel, Predictions, Replayed, Weights, read_weights
from autograder.verdicts import Failure, JobFile, unfinished

_MAX_EPOCH_LINES = 10_000
PREDICTED = ("validation", "holdout", "corrupted")
QUARTERS = (1, 2, 3)


@dataclass(frozen=True)
class Trained:
    """What a training left behind, unchecked but for its size.

    Attributes:
        history: As the job reported it.
        validation: Its raw predictions of the validation split: little-endian float32.
        model: What is needed to predict with it.
        looks: What it makes of two images.
    """

    history: tuple[Epoch, ...]
    validation: bytes
    model: KeptModel
    looks: LeftLooks = field(default_factory=LeftLooks)


@dataclass(frozen=True)
class Quarter:
    """How far a training got that was stopped for its time.

    Attributes:
        number: Quarters of the plan that it completed: 1, 2 or 3.
        steps: Optimizer steps of these.
        history: As the job reported it.
        weights: From then.
    """

    number: int
    steps: int
    history: tuple[Epoch, ...]
    weights: Weights


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


class _EpochLine(JobFile):
    epoch: _Count
    step: _Count
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


class _CalibrationFile(JobFile):
    step_ms: float = Field(gt=0, allow_inf_nan=False)


class _TrainingFile(JobFile):
    not_kept: str = Field(max_length=1000)


def read_description(
    result: JobResult, sign: NDArray[np.uint8], augmented_images: int
) -> Description | Failure:
    """Return what a job found out about a submission.

    Args:
        result: Of a job that ended well.
        sign: The image of a sign that it augmented over and over.
        augmented_images: How many it was asked to augment.
    """
    from autograder.probing.pictures import read_pictures

    try:
        file = _DescriptionFile.model_validate(_json(result, "description.json"))
    except (ValueError, RecursionError):
        return unfinished("description.json")
    shape = (2, augmented_images, *sign.shape)
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
        pictures=read_pictures(result.outputs, sign),
    )


def read_training(result: JobResult) -> Trained | Failure:
    """Return what a training that ended well left behind."""
    try:
        file = _TrainingFile.model_validate(_json(result, "training.json"))
        history = read_history(result.outputs.get("history.jsonl", b""))
    except (ValueError, RecursionError):
        return unfinished("training.json")
    return Trained(
        history=history,
        validation=result.outputs.get("validation.f32", b""),
        model=KeptModel.from_outputs(result.outputs, file.not_kept),
        looks=LeftLooks.from_outputs(result.outputs),
    )


def quarter_file(number: int) -> str:
    """Return the name of the weights after so many quarters."""
    return f"quarter-{number}.bin"


def read_quarter(result: JobResult, steps: int) -> Quarter | None:
    """Return the last quarter of its plan that a stopped training completed, if it did any.

    Args:
        result: Of the training.
        steps: That were planned.
    """
    shapes = result.outputs.get(SHAPES, b"")
    for number in reversed(QUARTERS):
        content = result.outputs.get(quarter_file(number), b"")
        if content and (weights := read_weights(shapes, content)):
            break
    else:
        return None
    made = quarter_steps(steps, number)
    try:
        history = read_history(result.outputs.get("history.jsonl", b""))
    except ValueError:
        history = ()
    history = tuple(epoch for epoch in history if epoch.step <= made)
    return Quarter(number, made, history, weights)


def quarter_steps(steps: int, number: int) -> int:
    """Return after how many steps so many quarters of a plan are done."""
    return -(-steps * number // 4)


def read_replay(result: JobResult) -> Replayed | Failure:
    """Return what a clean job predicted."""
    try:
        layers = _LayerFiles.validate_python(_json(result, "layers.json"))
    except (ValueError, RecursionError):
        return Failure(Verdict.RUNTIME_ERROR, (), "it described more layers than we read")
    return Replayed(tuple(map(_layer, layers)), read_predicted(result))


def read_calibration(result: JobResult) -> float:
    """Return the CPU milliseconds of a calibration step.

    Raises:
        ValueError: There are none.
    """
    return _CalibrationFile.model_validate(_json(result, "calibration.json")).step_ms


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


def read_predicted(result: JobResult) -> Predictions:
    """Return what a job predicted; unchecked but for its size."""
    return Predictions(**{name: result.outputs.get(f"{name}.f32", b"") for name in PREDICTED})


def _json(result: JobResult, name: str) -> Any:
    """Parse an output file; ValueError if it is missing or no JSON."""
    return json.loads(result.outputs.get(name, b""))
