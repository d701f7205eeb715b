"""What a report's page shows beyond its numbers: pictures and raw arrays, kept beside it.

Stored as a compressed NumPy archive, ``evidence.npz``. Nothing in it decides a score, and nothing
in it shows the holdout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from autograder.npz import ANY, Arrays, array_of, read_npz, write_npz

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class WrongAnswers:
    """Validation images that the network reads wrong, of the pairs it confuses most.

    Attributes:
        images: Shape (count, size, size, 3).
        class_ids: What they show, shape (count,).
        read_as: What the network takes them for, shape (count,).
        confidence: Its probability for that, 0..1, shape (count,).
    """

    images: Pixels
    class_ids: NDArray[np.int32]
    read_as: NDArray[np.int32]
    confidence: Floats


@dataclass(frozen=True)
class FeatureMaps:
    """Some of the channels that a layer makes of an image.

    Attributes:
        layer: Its name.
        kind: Its class, such as Conv2D.
        shape: Height, width and channels of its whole output.
        maps: Shape (shown, rows, columns), as the layer put them out; fewer pixels where the
            output is large.
    """

    layer: str
    kind: str
    shape: tuple[int, int, int]
    maps: Floats


@dataclass(frozen=True)
class Look:
    """What the network makes of one validation image.

    Attributes:
        image: Shape (size, size, 3).
        class_id: What it shows.
        scores: Probability of each class, shape (classes,).
        layers: In the order in which they were computed.
        occlusion: Probability of the class that was read, less what is left of it with a grey
            square over that part of the image; shape (rows, columns).
    """

    image: Pixels
    class_id: int
    scores: Floats
    layers: tuple[FeatureMaps, ...]
    occlusion: Floats

    @property
    def read_as(self) -> int:
        """The class that the network takes it for."""
        return int(self.scores.argmax())


@dataclass(frozen=True)
class Evidence:
    """Everything that is kept to be looked at; each part is None where there is none.

    Attributes:
        wrong: Mistakes among validation images.
        sign: One training image as it was, shape (size, size, 3).
        augmented: The same many times, after the augmentation, shape (count, size, size, 3).
        right: A validation image that is read rightly.
        misread: One that is not.
    """

    wrong: WrongAnswers | None = None
    sign: Pixels | None = None
    augmented: Pixels | None = None
    right: Look | None = None
    misread: Look | None = None

    def to_npz(self) -> bytes:
        """Return it as a compressed NumPy archive without pickles."""
        arrays: dict[str, NDArray[Any]] = {}
        if self.wrong:
            arrays |= {f"wrong/{key}": value for key, value in vars(self.wrong).items()}
        for name in ("sign", "augmented"):
            if (image := getattr(self, name)) is not None:
                arrays[name] = image
        looks = {name: look for name in ("right", "misread") if (look := getattr(self, name))}
        for name, look in looks.items():
            arrays |= {f"{name}/{key}": getattr(look, key) for key in _LOOK_ARRAYS}
            # Half the bytes, and more than enough to draw.
            arrays |= {
                f"{name}/maps/{number}": layer.maps.astype(np.float16)
                for number, layer in enumerate(look.layers)
            }
        facts: dict[Any, _LookFacts] = {name: _facts_of(look) for name, look in looks.items()}
        arrays["facts"] = np.frombuffer(_Facts.dump_json(facts), np.uint8)
        return write_npz(arrays)

    @classmethod
    def from_npz(cls, content: bytes) -> Evidence:
        """Read what `to_npz` wrote.

        Raises:
            ValueError: It is something else.
        """
        try:
            arrays = read_npz(content)
            facts = _Facts.validate_json(array_of(arrays, "facts", np.uint8, ANY).tobytes())
            return cls(
                wrong=_wrong_answers(arrays) if "wrong/images" in arrays else None,
                sign=_pixels(arrays, "sign") if "sign" in arrays else None,
                augmented=_pixels(arrays, "augmented", ANY) if "augmented" in arrays else None,
                **{name: _look(arrays, name, told) for name, told in facts.items()},
            )
        except ValueError as error:
            raise ValueError(f"not the evidence of a report: {error}") from error


_LOOK_ARRAYS = ("image", "scores", "occlusion")


class _LayerFacts(NamedTuple):
    layer: str
    kind: str
    shape: tuple[int, int, int]


@dataclass(frozen=True)
class _LookFacts:
    class_id: int
    layers: tuple[_LayerFacts, ...]


_Facts = TypeAdapter(dict[Literal["right", "misread"], _LookFacts])


def _facts_of(look: Look) -> _LookFacts:
    layers = (_LayerFacts(layer.layer, layer.kind, layer.shape) for layer in look.layers)
    return _LookFacts(look.class_id, tuple(layers))


def _pixels(arrays: Arrays, name: str, *count: int) -> Pixels:
    return array_of(arrays, name, np.uint8, *count, ANY, ANY, 3)


def _wrong_answers(arrays: Arrays) -> WrongAnswers:
    images = _pixels(arrays, "wrong/images", ANY)
    return WrongAnswers(
        images=images,
        class_ids=array_of(arrays, "wrong/class_ids", np.int32, len(images)),
        read_as=array_of(arrays, "wrong/read_as", np.int32, len(images)),
        confidence=array_of(arrays, "wrong/confidence", np.float32, len(images)),
    )


def _look(arrays: Arrays, name: str, told: _LookFacts) -> Look:
    maps = (
        array_of(arrays, f"{name}/maps/{number}", np.float16, ANY, ANY, ANY).astype(np.float32)
        for number in range(len(told.layers))
    )
    return Look(
        image=_pixels(arrays, f"{name}/image"),
        class_id=told.class_id,
        scores=array_of(arrays, f"{name}/scores", np.float32, ANY),
        layers=tuple(
            FeatureMaps(*facts, one) for facts, one in zip(told.layers, maps, strict=True)
        ),
        occlusion=array_of(arrays, f"{name}/occlusion", np.float32, ANY, ANY),
    )
