"""Reads the German Traffic Sign Recognition Benchmark from its official folders.

::

    GTSRB/
    ├── Final_Training/Images/<class>/GT-<class>.csv and <track>_<frame>.ppm
    └── Final_Test/Images/*.ppm, with GT-final_test.csv in there or in a folder above

Source: Stallkamp et al., "Man vs. computer: Benchmarking machine learning algorithms for traffic
sign recognition", Neural Networks 32 (2012). The images keep the margin around the sign that they
come with, a tenth of its size or so; they are not cut to the annotated box.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.errors import DatasetError
from autograder.pictures import PictureError, read_picture

NUM_CLASSES = 43
_VALIDATION_SHARE = 5  # one track of so many
_ANSWERS = "GT-final_test.csv"

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Photo:
    """One annotated photograph; ``track`` numbers the physical sign that it shows."""

    path: Path
    class_id: int
    track: int


def find_root(path: Path) -> Path:
    """Return the folder that holds Final_Training: ``path`` itself or its GTSRB folder.

    Raises:
        DatasetError: Neither does.
    """
    for folder in (path, path / "GTSRB"):
        if (folder / "Final_Training" / "Images").is_dir():
            return folder
    raise DatasetError(
        f"{path}: no Final_Training/Images in there; dataset.path must be the folder into which "
        "the official GTSRB archives were unpacked"
    )


def training_photos(root: Path) -> tuple[Photo, ...]:
    """Return all photographs of Final_Training, in the order of their paths."""
    tracks: dict[tuple[int, str], int] = {}
    photos = []
    for folder in sorted((root / "Final_Training" / "Images").iterdir()):
        if not folder.is_dir():
            continue
        annotations = folder / f"GT-{folder.name}.csv"
        for name, class_id in _read_annotations(annotations):
            key = (class_id, name.partition("_")[0])
            track = tracks.setdefault(key, len(tracks))
            photos.append(Photo(folder / name, class_id, track))
    if not photos:
        raise DatasetError(f"{root}: Final_Training/Images holds no photographs")
    return tuple(photos)


def final_photos(root: Path) -> tuple[Photo, ...]:
    """Return all photographs of Final_Test; the official test set has one frame a track."""
    images = root / "Final_Test" / "Images"
    for folder in (images, root / "Final_Test", root, root.parent):
        if (folder / _ANSWERS).is_file():
            rows = _read_annotations(folder / _ANSWERS)
            return tuple(Photo(images / name, id_, i) for i, (name, id_) in enumerate(rows))
    raise DatasetError(
        f"{root}: the holdout needs {_ANSWERS}, with the classes of the test images; the official "
        "archive GTSRB_Final_Test_GT.zip has it. Put it into Final_Test/Images"
    )


def split_by_track(
    photos: Sequence[Photo],
) -> tuple[tuple[Photo, ...], tuple[Photo, ...]]:
    """Return (training, validation): about one track in five of each class validates.

    A class with one track trains only. Which tracks are chosen hangs on their numbers alone, so
    it is the same everywhere.
    """
    tracks_of: dict[int, set[int]] = {}
    for photo in photos:
        tracks_of.setdefault(photo.class_id, set()).add(photo.track)
    chosen: set[int] = set()
    for class_id, tracks in tracks_of.items():
        count = min(max(1, round(len(tracks) / _VALIDATION_SHARE)), len(tracks) - 1)
        in_random_order = sorted(tracks, key=lambda track: _rank(f"{class_id}/{track}"))
        chosen.update(in_random_order[:count])
    training = tuple(photo for photo in photos if photo.track not in chosen)
    return training, tuple(photo for photo in photos if photo.track in chosen)


def shuffled(photos: Sequence[Photo], seed: str = "") -> tuple[Photo, ...]:
    """Return the photographs in an order that tells nothing of their classes.

    It hangs on what is in the files alone: were the class in it, or a folder's name, whoever knows
    the files could try all classes of each, and see which of them belongs where the photograph is.

    Args:
        photos: To be shuffled.
        seed: Another one gives another order.
    """
    seen: Counter[str] = Counter()
    ranked = []
    for place, photo in enumerate(photos):
        digest = _digest(photo.path)
        # Equal files must not end up side by side.
        ranked.append((_rank(f"{seed}{digest}{seen[digest]}"), place))
        seen[digest] += 1
    return tuple(photos[place] for _, place in sorted(ranked))


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # whoever loads it says so
        return path.name


def load_images(
    photos: Sequence[Photo], size: int, progress: Progress | None = None
) -> NDArray[np.uint8]:
    """Return photographs as RGB, resized to a square, shape (count, size, size, 3).

    Raises:
        DatasetError: A file is missing or no image.
    """
    images = np.empty((len(photos), size, size, 3), np.uint8)
    for index, photo in enumerate(photos):
        images[index] = _load(photo.path, size)
        if progress and index % 100 == 0:
            progress(index, len(photos), "reading photographs")
    return images


def listing_digest(root: Path) -> str:
    """Return a SHA-256 hex digest over names, sizes and times: changes if any file does."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in {".ppm", ".csv"}:
            status = path.stat()
            entry = f"{path.relative_to(root)}\0{status.st_size}\0{status.st_mtime_ns}\n"
            digest.update(entry.encode())
    return digest.hexdigest()


def _load(path: Path, size: int) -> NDArray[np.uint8]:
    try:
        return read_picture(path.read_bytes(), size)
    except OSError as error:
        raise DatasetError(
            f"{path}: named in its annotations, but cannot be read ({error.strerror}); "
            "unpack the archive again"
        ) from error
    except PictureError as error:
        raise DatasetError(f"{path}: not an image: {error}; unpack the archive again") from error


def _read_annotations(path: Path) -> Iterator[tuple[str, int]]:
    """Yield (file name, class id) of an official CSV: semicolons, with a header."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
    except FileNotFoundError:
        raise DatasetError(f"{path}: missing; unpack the archive again") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: cannot be read: {error}") from error
    for line, row in enumerate(rows, start=2):
        name, class_id = row.get("Filename"), row.get("ClassId")
        if not name or not class_id:
            raise DatasetError(
                f"{path}:{line}: expected the columns Filename and ClassId, separated by "
                "semicolons, as in the official files"
            )
        if not class_id.isdecimal() or len(class_id) > 5 or int(class_id) >= NUM_CLASSES:
            raise DatasetError(f"{path}:{line}: ClassId {class_id!r} is not in 0..42")
        if Path(name).name != name or not name.isprintable():
            raise DatasetError(f"{path}:{line}: {name!r} is not a plain file name")
        yield name, int(class_id)


def _rank(text: str) -> bytes:
    """Return bytes to sort by: an order that is arbitrary and the same everywhere."""
    return hashlib.sha256(b"gtsrb order 1" + text.encode()).digest()
