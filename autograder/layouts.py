"""What a recognised source of images holds, and any folder with a sub-folder for each class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.data_files import DataFile
from autograder.names import printable

_SPLITS = {
    "train": "training", "training": "training",
    "val": "validation", "valid": "validation", "validation": "validation",
    "test": "holdout", "holdout": "holdout",
}  # fmt: skip
_NAMED = 10
# A file, and the folders that it lies in as far as they matter.
_Placed = tuple[tuple[str, ...], DataFile]


@dataclass(frozen=True)
class Item:
    """One image and its class.

    Attributes:
        file: The image, unread.
        class_id: Its class.
        track: Equal where the same physical thing is shown; never on both sides of a split.
    """

    file: DataFile
    class_id: int
    track: str


@dataclass(frozen=True)
class Source:
    """Where images come from, read as far as their names go.

    Attributes:
        layout: How they lie there, in words.
        class_names: Indexed by class id.
        training: For training; for everything else too where the source is not parted.
        validation: For choosing; empty if it has to be taken from ``training``.
        holdout: For marks; may be empty.
        is_parted: Whether somebody else decided what is for training and what is not.
        has_tracks: Whether it is known which images show the same thing.
        is_gtsrb: Whether its classes are those of GTSRB.
        problems: What is missing or damaged, each with its file and line.
        remarks: What was left aside, and why.
    """

    layout: str
    class_names: tuple[str, ...]
    training: tuple[Item, ...]
    validation: tuple[Item, ...] = ()
    holdout: tuple[Item, ...] = ()
    is_parted: bool = True
    has_tracks: bool = True
    is_gtsrb: bool = False
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def by_folders(files: Sequence[DataFile]) -> Source:
    """Return a source of one sub-folder for each class, named after it.

    The folders of the classes may lie in others called train, validation (or val, valid) and
    holdout (or test).
    """
    pictures = _unwrapped([(file.path.parts, file) for file in files if file.is_picture])
    parts: dict[str, list[_Placed]] = {}
    for path, file in pictures:
        parts.setdefault(_SPLITS.get(path[0].lower(), ""), []).append((path[1:], file))
    is_parted = bool(parts.get("training"))
    if is_parted:
        inside = {name: _unwrapped(some, in_split=True) for name, some in parts.items()}
    else:
        inside = {"training": pictures}
    remarks = _left_aside(files, inside, is_parted=is_parted)
    folders = {path[0] for path, _ in inside["training"] if len(path) > 1}
    names = tuple(sorted(folders, key=_in_order))
    return Source(
        layout="a folder for each class",
        class_names=tuple(map(printable, names)),
        training=_items("training", inside, names),
        validation=_items("validation", inside, names),
        holdout=_items("holdout", inside, names),
        is_parted=is_parted,
        has_tracks=False,
        problems=tuple(_problems(inside, names)),
        remarks=tuple(remarks),
    )


def _unwrapped(placed: list[_Placed], *, in_split: bool = False) -> list[_Placed]:
    """Take away the folders that everything lies in, down to those of classes or splits."""
    while placed and all(len(path) > 2 for path, _ in placed):
        tops = {path[0] for path, _ in placed}
        if len(tops) > 1 or (not in_split and tops.pop().lower() in _SPLITS):
            break
        placed = [(path[1:], file) for path, file in placed]
    return placed


def _items(split: str, inside: dict[str, list[_Placed]], names: Sequence[str]) -> tuple[Item, ...]:
    ids = {name: id_ for id_, name in enumerate(names)}
    return tuple(
        Item(file, ids[path[0]], "/".join((split, *path)))
        for path, file in inside.get(split, [])
        if len(path) > 1 and path[0] in ids
    )


def _in_order(name: str) -> tuple[int, str]:
    """Return a key that puts numbers in their order, and everything else in that of letters."""
    is_number = name.isascii() and name.isdecimal() and len(name) < 10
    return (int(name) if is_number else -1, name)


def _problems(inside: dict[str, list[_Placed]], names: Sequence[str]) -> Iterable[str]:
    if len(names) < 2:
        yield (
            f"{len(names)} sub-folders with images; expected one for each of two or more classes, "
            "or such folders in train, validation and holdout"
        )
    for split in ("validation", "holdout"):
        found = {path[0] for path, _ in inside.get(split, []) if len(path) > 1}
        for name in sorted(found - set(names)):
            yield f"{split}/{printable(name)}: no such class in train"
        for name in sorted(set(names) - found) if found else ():
            yield f"{split}/{printable(name)}: missing, or without images; train has that class"


def _left_aside(
    files: Sequence[DataFile], inside: dict[str, list[_Placed]], *, is_parted: bool
) -> Iterable[str]:
    others = [file for file in files if not file.is_picture]
    if others:
        yield f"no JPEG, PNG, PPM, BMP or WebP by their names, not used: {listed(others)}"
    outside = [file for some in inside.values() for path, file in some if len(path) < 2]
    if outside:
        yield f"in no class's folder, not used: {listed(outside)}"
    if is_parted and inside.get(""):
        loose = [file for _, file in inside[""]]
        yield f"neither in train nor in validation or holdout, not used: {listed(loose)}"


def listed(files: Sequence[DataFile]) -> str:
    """Return the names of some files, the rest as a number."""
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return ", ".join(file.shown for file in files[:_NAMED]) + more
