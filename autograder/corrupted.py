"""Copies of the images that are scored, corrupted for metric robust_macro_f1.

They lie in one file, shuffled, beside the folder of their split; jobs may read that file. What each
of them shows is worked out anew whenever it is asked for, and kept nowhere: every draw hangs on a
SHA-256 over the labels and tracks of the split, which nobody knows who does not know these already.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.config import CorruptionName, RobustnessConfig
from autograder.data_cache import Split
from autograder.datasets import Progress
from autograder.errors import DatasetError

# Part of the file's name: raise it when the same images would be corrupted otherwise.
_VERSION = 1
_TOLD_EVERY = 100


@dataclass(frozen=True, eq=False)
class Part:
    """Images under one corruption at one severity.

    Attributes:
        corruption: Its name.
        severity: 1 to 5.
        sources: Which images of the split, ascending, shape (k,).
        places: Where their corrupted copies are in the file, shape (k,).
    """

    corruption: CorruptionName
    severity: int
    sources: NDArray[np.int64]
    places: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CorruptedImages:
    """A file of corrupted images, and what is in it.

    Attributes:
        images: uint8, shape (count, size, size, 3), to be memory-mapped.
        count: Number of images.
        parts: One for each corruption at each severity; for the grader alone.
    """

    images: Path
    count: int
    parts: tuple[Part, ...]


def open_corrupted(
    split: Split, rules: RobustnessConfig, progress: Progress | None = None
) -> CorruptedImages:
    """Return the corrupted images of a split, made first if this machine has not got them.

    Args:
        split: Whose labels may be read here.
        rules: How many images, and which corruptions.
        progress: Told (done, total, what) while making them.

    Raises:
        DatasetError: There is no room to keep them.
    """
    labels, tracks = np.load(split.labels), np.load(split.tracks)
    secret = hashlib.sha256(labels.tobytes() + tracks.tobytes()).hexdigest()
    parts = tuple(_parts(labels, tracks, rules, secret))
    count = sum(len(part.places) for part in parts)
    images = np.load(split.images, mmap_mode="r")
    path = _path(split, rules)
    if not _is_there(path, (count, *images.shape[1:])):
        try:
            _write(path, images, parts, secret, progress)
        except OSError as error:
            raise DatasetError(
                f"cannot keep the corrupted images in {path.parent}: {error.strerror or error}; "
                "say where with AUTOGRADER_CACHE"
            ) from error
    return CorruptedImages(path, count, parts)


def _parts(
    labels: NDArray[np.int32], tracks: NDArray[np.int32], rules: RobustnessConfig, secret: str
) -> Iterator[Part]:
    cells = [(name, severity) for name in rules.corruptions for severity in rules.severities]
    chosen = [
        _choose(labels, tracks, rules.images, _generator(secret, "choice", *cell)) for cell in cells
    ]
    order = _generator(secret, "order").permutation(sum(map(len, chosen)))
    ends = np.cumsum([len(sources) for sources in chosen])
    for cell, sources, end in zip(cells, chosen, ends, strict=True):
        yield Part(*cell, sources, order[end - len(sources) : end])


def _choose(
    labels: NDArray[np.int32], tracks: NDArray[np.int32], count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the numbers of some images: as many of each class, of as many tracks as can be."""
    classes = np.unique(labels)
    chosen = []
    for class_id in classes:
        images = rng.permutation(np.flatnonzero(labels == class_id))
        before: dict[int, int] = {}  # how many images of a track came before
        rank = []
        for track in tracks[images].tolist():
            rank.append(before.get(track, 0))
            before[track] = rank[-1] + 1
        in_turn = images[np.argsort(rank, kind="stable")]
        chosen.append(in_turn[: max(1, count // len(classes))])
    # In the order of the split, which tells no label.
    return np.sort(np.concatenate(chosen))


def _generator(secret: str, *purpose: object) -> np.random.Generator:
    text = "\0".join(["autograder corruptions", secret, *map(str, purpose)])
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return np.random.Generator(np.random.PCG64(seed))


def _path(split: Split, rules: RobustnessConfig) -> Path:
    """Return where the file is; its name says no more than the split's checksum does."""
    text = "\0".join([str(_VERSION), split.sha256, rules.model_dump_json()])
    folder = split.images.parent
    digest = hashlib.sha256(text.encode()).hexdigest()
    return folder.with_name(f"{folder.name}-corrupted-{digest[:16]}.npy")


def _is_there(path: Path, shape: tuple[int, ...]) -> bool:
    try:
        found = np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return False
    return bool(found.shape == shape and found.dtype == np.uint8)


def _write(
    path: Path,
    images: NDArray[np.uint8],
    parts: tuple[Part, ...],
    secret: str,
    progress: Progress | None,
) -> None:
    """Write the file in one step: it is there whole, or not at all."""
    from autograder.corruptions import CORRUPTIONS

    count = sum(len(part.places) for part in parts)
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, *images.shape[1:])}
    handle, name = tempfile.mkstemp(prefix=".building-", suffix=".npy", dir=path.parent)
    building, done = Path(name), 0
    try:
        # Not by a mapping: a disk that is full would end the process there.
        with os.fdopen(handle, "wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            start, image_bytes = file.tell(), images[0].nbytes
            for part in parts:
                corrupt = CORRUPTIONS[part.corruption]
                rng = _generator(secret, "pixels", part.corruption, part.severity)
                for source, place in zip(part.sources, part.places, strict=True):
                    file.seek(start + int(place) * image_bytes)
                    file.write(corrupt(images[source], part.severity, rng).tobytes())
                    done += 1
                    if progress and (done % _TOLD_EVERY == 0 or done == count):
                        progress(done, count, "corrupting")
        building.chmod(0o644)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)
