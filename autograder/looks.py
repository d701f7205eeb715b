"""What a network makes of two validation images, from the files of a job that ran the student's.

Only shown, never scored. The maps may be forged, and so may be the choice of the images; the
images themselves, what they show and what they are taken for, are the grader's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter

from autograder.diagnoses.symptoms import are_probabilities, probabilities
from autograder.evidence import FeatureMaps, Floats, Look, Pixels
from autograder.jobs import OutputFile
from autograder.names import printable
from autograder.verdicts import JobFile

LOOK_IMAGES = 500
"""How many a job may have to predict for its looks."""
_FACTS, _NUMBERS = "look.json", "look.f32"
_IMAGES, _LAYERS, _CHANNELS, _SIDE, _PLACES = 2, 14, 8, 64, 15
_JSON_BYTES = 1 << 18
# The largest that evidence can hold, whose maps are float16.
_LARGEST = float(np.finfo(np.float16).max)

_Shown = Annotated[int, Field(ge=1, le=_SIDE)]
_Size = Annotated[int, Field(ge=1, lt=1 << 31)]


class _MapsFile(JobFile):
    name: str = Field(max_length=200)
    kind: str = Field(max_length=200)
    shape: tuple[_Size, _Size, _Size]
    shown: tuple[Annotated[int, Field(ge=1, le=_CHANNELS)], _Shown, _Shown]


class _LookFile(JobFile):
    index: int = Field(ge=0, lt=1 << 31)
    layers: list[_MapsFile] = Field(max_length=_LAYERS)
    places: int = Field(ge=1, le=_PLACES)


_LookFiles = TypeAdapter(Annotated[list[_LookFile], Field(max_length=_IMAGES)])


@dataclass(frozen=True)
class LeftLooks:
    """What a job left of its looks, unread; empty where it left nothing."""

    facts: bytes = b""
    numbers: bytes = b""

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, bytes]) -> LeftLooks:
        """Take it from what a job left behind."""
        return cls(outputs.get(_FACTS, b""), outputs.get(_NUMBERS, b""))


def look_files(num_classes: int) -> tuple[OutputFile, ...]:
    """Return the files that a training job is asked for."""
    maps = _LAYERS * _CHANNELS * _SIDE**2
    numbers = _IMAGES * (maps + _PLACES**2 * num_classes)
    return OutputFile(_FACTS, _JSON_BYTES), OutputFile(_NUMBERS, 4 * numbers)


def looks_of(
    left: LeftLooks,
    predictions: NDArray[np.float32],
    images: Pixels,
    labels: NDArray[np.int32],
) -> tuple[Look | None, Look | None]:
    """Return the looks at an image that is read rightly, and at one that is not.

    Args:
        left: By the training; None is returned for whatever is not as our worker writes it.
        predictions: The finite outputs of the same training for the validation images, shape
            (count, classes).
        images: These images, shape (count, size, size, 3).
        labels: Their class ids, shape (count,).
    """
    count, classes = predictions.shape
    read = predictions.argmax(axis=1)
    found: dict[bool, Look] = {}
    for file, maps, occluded in _parts(left, classes):
        if file.index >= count:
            continue
        label = int(labels[file.index])
        scores, fallen = _scores(predictions, file.index, occluded)
        look = Look(
            image=np.asarray(images[file.index]),
            class_id=label,
            scores=scores,
            layers=tuple(map(_feature_maps, file.layers, maps)),
            occlusion=fallen.reshape(file.places, file.places),
        )
        found.setdefault(bool(read[file.index] == label), look)
    return found.get(True), found.get(False)


def _parts(left: LeftLooks, classes: int) -> Iterator[tuple[_LookFile, list[Floats], Floats]]:
    """Yield each look with its maps, and with its outputs for the occluded images."""
    try:
        files = _LookFiles.validate_json(left.facts)
    except (ValueError, RecursionError):
        return
    shapes = [_shapes(file, classes) for file in files]
    sizes = [math.prod(shape) for each in shapes for shape in each]
    if len(left.numbers) != 4 * sum(sizes):
        return
    whole = np.frombuffer(left.numbers, "<f4").astype(np.float32)
    pieces = iter(np.split(whole, np.cumsum(sizes)[:-1]))
    for file, each in zip(files, shapes, strict=True):
        *maps, occluded = [next(pieces).reshape(shape) for shape in each]
        yield file, maps, occluded


def _shapes(file: _LookFile, classes: int) -> list[tuple[int, ...]]:
    return [*(layer.shown for layer in file.layers), (file.places**2, classes)]


def _feature_maps(file: _MapsFile, maps: Floats) -> FeatureMaps:
    finite = np.clip(np.nan_to_num(maps), -_LARGEST, _LARGEST)
    # As they are kept, so that a page drawn again is the same.
    kept = finite.astype(np.float16).astype(np.float32)
    return FeatureMaps(printable(file.name), printable(file.kind), file.shape, kept)


def _scores(
    predictions: NDArray[np.float32], index: int, occluded: NDArray[np.float32]
) -> tuple[Floats, Floats]:
    """Return the probabilities for an image, and how far that of its class falls when occluded."""
    rows = np.vstack([predictions[index], np.nan_to_num(occluded)])
    with np.errstate(over="ignore"):  # numbers may be as large as they can be
        chances = rows if are_probabilities(predictions) else probabilities(rows)
    scores, left = chances[0], np.clip(chances[1:], 0, 1)
    read = int(predictions[index].argmax())
    return scores.astype(np.float32), (scores[read] - left[:, read]).astype(np.float32)
