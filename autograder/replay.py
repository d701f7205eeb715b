"""Would the trained model predict the same without the student's code around it?

A training job runs a student's code to its end, so it could write any predictions. Where the model
is made of stock Keras parts alone, a second, clean job rebuilds it from its architecture and its
weights and predicts: the validation split, to compare, and all that is scored. Equal bytes show
that a network of that form has learned what the training said. They do not show how its weights
came about, and nothing is shown of a model that has parts of the student's own.

What a job left behind is taken apart here, in the grader, without Keras: see `autograder.stock`.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field, TypeAdapter

from autograder.jobs import OutputFile
from autograder.models import Layer, Replay
from autograder.stock import foreign_part, read_architecture
from autograder.verdicts import Failure, JobFile

ARCHITECTURE, SHAPES, WEIGHTS = "architecture.json", "weights.json", "weights.bin"
# Constants in it are no parameters, so it must not have room for many.
_ARCHITECTURE_BYTES = 1 << 20
_SHAPES_BYTES = 1 << 20
_ITEM_BYTES = {
    "bool": 1, "int8": 1, "uint8": 1, "float8_e4m3fn": 1, "float8_e5m2": 1, "int16": 2,
    "uint16": 2, "float16": 2, "bfloat16": 2, "int32": 4, "uint32": 4, "float32": 4, "int64": 8,
    "uint64": 8, "float64": 8, "complex64": 8, "complex128": 16,
}  # fmt: skip


class _WeightEntry(JobFile):
    dtype: str
    shape: list[Annotated[int, Field(ge=0, lt=1 << 40)]] = Field(max_length=32)


_WeightEntries = TypeAdapter(list[_WeightEntry])


@dataclass(frozen=True)
class Predictions:
    """Raw predictions of both splits, and of corrupted images; little-endian float32.

    Empty where there is no such split.
    """

    validation: bytes
    holdout: bytes
    corrupted: bytes = b""

    @property
    def sha256(self) -> str:
        """Hex digest over all, as they came."""
        # The length keeps the end of one and the beginning of the other apart.
        length = len(self.validation).to_bytes(8, "big")
        digest = hashlib.sha256(length + self.validation + self.holdout)
        if self.corrupted:
            digest.update(len(self.holdout).to_bytes(8, "big") + self.corrupted)
        return digest.hexdigest()


@dataclass(frozen=True)
class Replayed:
    """What a clean job found: nothing of a student's ran in it.

    Attributes:
        layers: Of the model that it built.
        predictions: That the model made.
    """

    layers: tuple[Layer, ...]
    predictions: Predictions


@dataclass(frozen=True)
class Weights:
    """The weights of a model, of which every byte belongs to one.

    Attributes:
        shapes: JSON, as `autograder.worker.keeping` reads it.
        content: Bytes of all weights, one after the other, little-endian.
        sha256: Hex digest over shape and bytes of each weight.
    """

    shapes: bytes
    content: bytes
    sha256: str


@dataclass(frozen=True)
class KeptModel:
    """What a training job left of its model.

    Attributes:
        architecture: JSON, unread; empty if there is none.
        weights: None if there are none, or not as we write them.
        not_kept: Why something is missing; in the job's words.
    """

    architecture: bytes
    weights: Weights | None
    not_kept: str

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, bytes], not_kept: str) -> KeptModel:
        """Take it from what a job left behind."""
        weights = read_weights(outputs.get(SHAPES, b""), outputs.get(WEIGHTS, b""))
        return cls(outputs.get(ARCHITECTURE, b""), weights, not_kept)


def output_files(max_weight_bytes: int) -> tuple[OutputFile, ...]:
    """Return the files that a training job is asked for so that its model can predict."""
    return (
        OutputFile(ARCHITECTURE, _ARCHITECTURE_BYTES),
        OutputFile(SHAPES, _SHAPES_BYTES),
        OutputFile(WEIGHTS, max_weight_bytes),
    )


def read_weights(shapes: bytes, content: bytes) -> Weights | None:
    """Return the weights that a job left; None if they are not as we write them."""
    try:
        entries = _WeightEntries.validate_json(shapes)
    except (ValueError, RecursionError):
        return None
    digest, start = hashlib.sha256(), 0
    view = memoryview(content)
    for entry in entries:
        end = start + math.prod(entry.shape) * _ITEM_BYTES.get(entry.dtype, 0)
        if entry.dtype not in _ITEM_BYTES or end > len(content):
            return None
        digest.update(str(tuple(entry.shape)).encode())
        digest.update(view[start:end])
        start = end
    if start != len(content):
        return None
    written_anew = json.dumps([entry.model_dump() for entry in entries]).encode()
    return Weights(written_anew, content, digest.hexdigest())


def inputs_of_replay(kept: KeptModel) -> Mapping[str, bytes] | Replay:
    """Return the files from which a clean job builds the model again; or why it could not."""
    if kept.weights is None or not kept.architecture:
        return _not_possible(kept.not_kept or "the training left no model to build again")
    try:
        architecture = read_architecture(kept.architecture)
    except ValueError:
        return _not_possible("the architecture is no JSON")
    if foreign := foreign_part(architecture):
        return _not_possible(foreign)
    return {ARCHITECTURE: json.dumps(architecture).encode(), **files_of_weights(kept.weights)}


def files_of_weights(weights: Weights) -> Mapping[str, bytes]:
    """Return the files from which a job gives its model these weights."""
    return {SHAPES: weights.shapes, WEIGHTS: weights.content}


def compare(
    judged: Sequence[Layer], validation: bytes, replayed: Replayed | Failure, num_classes: int
) -> Replay:
    """Say what a clean job's results mean for those of the jobs that ran the student's code.

    Args:
        judged: The layers that were judged before training.
        validation: The training job's predictions of the validation split.
        replayed: From the clean job; or how it failed.
        num_classes: Number of classes.
    """
    if isinstance(replayed, Failure):
        why = replayed.findings[0].message if replayed.findings else replayed.note
        return _not_possible(f"the clean job failed: {why}")
    if other := _other_layer(judged, replayed.layers):
        return Replay(False, f"The trained model is not the one judged before training: {other}.")
    if validation == replayed.predictions.validation:
        return Replay(True, "A clean job without the student's code predicts the same, to the bit.")
    return Replay(
        False,
        "A clean job with the same architecture and weights, without the student's code, predicts "
        f"otherwise: {_difference(validation, replayed.predictions.validation, num_classes)}.",
    )


def _other_layer(judged: Sequence[Layer], trained: Sequence[Layer]) -> str:
    for number, pair in enumerate(itertools.zip_longest(judged, trained), 1):
        before, after = map(_form, pair)
        if before != after:
            return f"its layer {number} is {after}, it was {before}"
    return ""


def _form(layer: Layer | None) -> str:
    if layer is None:
        return "missing"
    shapes = ", ".join("x".join(map(str, shape)) or "1" for shape in layer.weight_shapes)
    return f"{layer.kind} [{shapes}]"


def _difference(trained: bytes, replayed: bytes, num_classes: int) -> str:
    if len(trained) != len(replayed) or len(trained) % (4 * num_classes):
        return "another number of predictions"
    with np.errstate(all="ignore"):  # they may be no numbers at all
        ours, theirs = (
            np.frombuffer(raw, "<f4").reshape(-1, num_classes).astype(np.float64)
            for raw in (replayed, trained)
        )
        moved = int((ours.argmax(axis=1) != theirs.argmax(axis=1)).sum())
        largest = np.abs(ours - theirs).max()
    return (
        f"{moved} of {len(ours)} validation images get another class, numbers differ by up to "
        f"{largest:.3g}"
    )


def _not_possible(why: str) -> Replay:
    return Replay("not possible", f"Not possible: {why.removesuffix('.')}.")
