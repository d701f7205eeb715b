"""What a report's page shows beyond its numbers: pictures and raw arrays, kept beside it.

Stored as a compressed NumPy archive, ``evidence.npz``. Nothing in it decides a score, and nothing
in it shows the holdout.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What NumPy raises for an archive that is damaged, or none.
UNREADABLE = (
    ValueError, KeyError, TypeError, OSError, EOFError, NotImplementedError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
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
        facts = {name: _facts_of(look) for name, look in looks.items()}
        arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        return file.getvalue()

    @classmethod
    def from_npz(cls, content: bytes) -> Evidence:
        """Read what `to_npz` wrote.

        Raises:
            ValueError: It is something else.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                facts = json.loads(arrays["facts"].tobytes())
                wrong = "wrong/images" in arrays
                return cls(
                    wrong=WrongAnswers(**{key: arrays[f"wrong/{key}"] for key in _WRONG_ARRAYS})
                    if wrong
                    else None,
                    sign=arrays.get("sign"),
                    augmented=arrays.get("augmented"),
                    **{name: _look(arrays, name, told) for name, told in facts.items()},
                )
        except UNREADABLE as error:
            raise ValueError(f"not the evidence of a report: {error}") from error


_WRONG_ARRAYS = ("images", "class_ids", "read_as", "confidence")
_LOOK_ARRAYS = ("image", "scores", "occlusion")


def _facts_of(look: Look) -> dict[str, Any]:
    layers = [[layer.layer, layer.kind, layer.shape] for layer in look.layers]
    return {"class_id": look.class_id, "layers": layers}


def _look(arrays: Any, name: str, told: dict[str, Any]) -> Look:
    layers = tuple(
        FeatureMaps(layer, kind, tuple(shape), arrays[f"{name}/maps/{number}"].astype(np.float32))
        for number, (layer, kind, shape) in enumerate(told["layers"])
    )
    parts = {key: arrays[f"{name}/{key}"] for key in _LOOK_ARRAYS}
    return Look(class_id=told["class_id"], layers=layers, **parts)
