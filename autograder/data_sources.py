"""From the files of a source to its splits in memory.

Who decides what is the holdout: whoever parted the source (the official test set, a folder
``holdout``), else the instructor's secret. The holdout's order always hangs on the secret: where
labels have been published, as those of GTSRB, their order is known to everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from autograder.data_cache import Arrays
from autograder.data_files import DataFile, UnreadableError
from autograder.errors import DatasetError
from autograder.gtsrb_layouts import recognise
from autograder.layouts import Item, Source, by_folders
from autograder.near_duplicates import group
from autograder.pictures import PictureError, read_picture

Progress = Callable[[int, int, str], None]
Splits = Mapping[str, tuple[Item, ...]]

_PUBLIC = "public"
_SHOWN, _READING = 20, "reading images"


@dataclass(frozen=True)
class Shares:
    """What part of each class is for validation, and of a source that nobody parted for marks."""

    validation: float = 0.2
    holdout: float = 0.2


def find_source(files: Sequence[DataFile]) -> Source:
    """Return what these files are: GTSRB in one of its layouts, or a folder for each class."""
    return recognise(files) or by_folders(files)


def refuse_problems(problems: Sequence[str], where: object) -> None:
    """Stop if anything is missing or damaged.

    Raises:
        DatasetError: Names what.
    """
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise DatasetError(f"{where}: not usable:\n" + "\n".join(problems[:_SHOWN]) + more)


def with_lookalikes(source: Source, size: int, progress: Progress | None = None) -> Source:
    """Return a source in which near-duplicates share a track, if nobody else told its tracks.

    Looks at images that are still to be parted, and at no others: students, who have no holdout,
    get the same. Images that cannot be read are left alone; `load` tells of them.

    Args:
        source: What there is.
        size: Height and width of the images in pixels: near-duplicates are so at one size.
        progress: Told (done, total, what).
    """
    if source.has_tracks or (source.is_parted and source.validation):
        return source
    start = (0, len(source.training), "looking at images")
    images, items = _read(source.training, size, [], progress, start)
    numbers = group(images, progress).tolist()
    first: dict[int, str] = {}
    for number, item in zip(numbers, items, strict=True):
        first.setdefault(number, item.track)
    tracks = {item.track: first[number] for number, item in zip(numbers, items, strict=True)}
    training = (replace(item, track=tracks.get(item.track, item.track)) for item in source.training)
    return replace(source, training=tuple(training))


def part(source: Source, shares: Shares, secret: str) -> dict[str, tuple[Item, ...]]:
    """Return train, validation and holdout, by whole tracks, in orders that tell nothing.

    Args:
        source: What there is.
        shares: How much to take where the source does not say.
        secret: Of the holdout, stretched.

    Raises:
        DatasetError: A class has too few images to be parted.
    """
    training, validation, holdout = source.training, source.validation, source.holdout
    if not source.is_parted:
        training, holdout = _take(training, shares.holdout, f"holdout {secret}", source)
    if not validation:
        training, validation = _take(training, shares.validation, _PUBLIC, source)
    return {
        "train": _shuffled(training, _PUBLIC),
        "validation": _shuffled(validation, _PUBLIC),
        "holdout": _shuffled(holdout, f"order {secret}"),
    }


def _take(
    items: Iterable[Item], share: float, seed: str, source: Source
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return (what is left, what was taken): a share of each class's tracks, at least one."""
    items = tuple(items)
    tracks: dict[int, set[str]] = {}
    for item in items:
        tracks.setdefault(item.class_id, set()).add(item.track)
    taken: set[str] = set()
    for class_id, some in tracks.items():
        if len(some) < 2 and not source.has_tracks:
            name = source.class_names[class_id]
            raise DatasetError(f"class {name}: too few images to part them, or all nearly equal")
        count = min(max(1, round(len(some) * share)), len(some) - 1)
        in_random_order = sorted(some, key=lambda track: _rank(f"{seed}\0{class_id}\0{track}"))
        taken.update(in_random_order[:count])
    left = tuple(item for item in items if item.track not in taken)
    return left, tuple(item for item in items if item.track in taken)


def _shuffled(items: Iterable[Item], seed: str) -> tuple[Item, ...]:
    def rank(item: Item) -> bytes:
        return _rank(f"{seed}\0{item.track}\0{item.file.path.name}")

    return tuple(sorted(items, key=rank))


def _rank(text: str) -> bytes:
    """Return bytes to sort by: an order that is arbitrary and the same everywhere."""
    return hashlib.sha256(b"data order 1\0" + text.encode("utf-8", "surrogatepass")).digest()


def load(
    splits: Splits, names: Sequence[str], size: int, progress: Progress | None = None
) -> tuple[dict[str, Arrays], list[str]]:
    """Read the images of some splits.

    Args:
        splits: All there are; tracks are numbered through them.
        names: Of those to read.
        size: Height and width in pixels.
        progress: Told (done, total, what).

    Returns:
        The splits, without the images that cannot be read; and what is wrong with each of these.
    """
    ordered = [item for name in ("train", "validation", "holdout") for item in splits[name]]
    # In the order of training first: students who have no holdout get the same numbers.
    tracks = dict.fromkeys(item.track for item in ordered)
    numbers = {track: number for number, track in enumerate(tracks)}
    arrays: dict[str, Arrays] = {}
    problems: list[str] = []
    total = sum(len(splits[name]) for name in names)
    for name in names:
        done = sum(len(splits[before]) for before in names[: names.index(name)])
        images, items = _read(splits[name], size, problems, progress, (done, total, _READING))
        arrays[name] = Arrays(
            images=images,
            labels=np.array([item.class_id for item in items], np.int32),
            tracks=np.array([numbers[item.track] for item in items], np.int32),
        )
    return arrays, problems


def _read(
    items: Sequence[Item],
    size: int,
    problems: list[str],
    progress: Progress | None,
    start: tuple[int, int, str],
) -> tuple[NDArray[np.uint8], list[Item]]:
    """Return the images that can be read and whose they are; add to ``problems`` about the rest."""
    done, total, what = start
    images = np.empty((len(items), size, size, 3), np.uint8)
    good: list[Item] = []
    for item in items:
        try:
            images[len(good)] = read_picture(item.file.read(), size)
            good.append(item)
        except (UnreadableError, PictureError) as error:
            problems.append(f"{item.file.shown}: {error}")
        done += 1
        if progress and (done % 100 == 0 or done == total):
            progress(done, total, what)
    return images[: len(good)], good


def digest(files: Sequence[DataFile]) -> str:
    """Return a SHA-256 hex digest over names, sizes and times: changes if any file does."""
    lines = (f"{file.path}\0{file.stamp}\n" for file in files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
