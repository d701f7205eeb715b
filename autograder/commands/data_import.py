"""`autograder data import`: images from elsewhere, checked, parted and written as one folder."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder.data_cache import Arrays
from autograder.data_files import opened
from autograder.data_sources import Shares, find_source, load, part, with_lookalikes
from autograder.errors import DatasetError
from autograder.holdout_seed import HoldoutSeed, holdout_seed, stretched
from autograder.imported import About, refuse_existing, write_imported
from autograder.layouts import Source
from autograder.roadsigns.classes import CLASSES
from autograder.view import Bar, plain

_SPLITS = ("train", "validation", "holdout")
_OFFICIAL, _OFFICIAL_TEST = sum(sign.gtsrb_images for sign in CLASSES), 12_630


@dataclass(frozen=True)
class ImportOptions:
    """What was typed."""

    paths: tuple[Path, ...]
    out: Path
    size: int
    shares: Shares
    skip_damaged: bool


def import_data(options: ImportOptions, console: Console) -> int:
    """Import; write all or nothing.

    Raises:
        DatasetError: Something is missing or damaged, and that is not to be skipped; all of it
            has been printed. Or there is nothing that could be imported.
    """
    refuse_existing(options.out)
    with opened(options.paths) as files:
        source = find_source(files)
        _say(console, f"{source.layout}, {len(source.class_names)} classes")
        seed = _seed(source)
        _list(source.problems, console)
        _refuse_nothing(source, options)
        with Bar(console) as bar:
            source = with_lookalikes(source, options.size, bar)
            splits = part(source, options.shares, stretched(seed.value))
            arrays, damaged = load(splits, _SPLITS, options.size, bar)
        _list(damaged, console)
        _refuse([*source.problems, *damaged], options)
    about = About(layout=source.layout, class_names=source.class_names, image_size=options.size)
    write_imported(options.out, about, arrays)
    _show(arrays, console)
    if source.is_gtsrb and not list(_differences(arrays)):
        _say(console, f" ✓ all {_OFFICIAL:,} training and {_OFFICIAL_TEST:,} test images published")
    for remark in (*source.remarks, *_warnings(source, arrays, seed)):
        console.print(plain(f" ! {remark}"), style="yellow", highlight=False, soft_wrap=True)
    _show_next(options, console, has_holdout=len(arrays["holdout"].labels) > 0)
    return 0


def _seed(source: Source) -> HoldoutSeed:
    """Return the secret.

    Raises:
        DatasetError: The secret has to part the source, and there is none.
    """
    seed = holdout_seed(os.environ)
    if seed.is_default and not source.is_parted:
        raise DatasetError(
            "your secret decides which of these images are the holdout: set "
            "AUTOGRADER_HOLDOUT_SEED, to what `openssl rand -hex 16` prints"
        )
    return seed


def _list(problems: Sequence[str], console: Console) -> None:
    for problem in problems:
        console.print(plain(f" ✗ {problem}"), style="red", highlight=False, soft_wrap=True)


def _refuse(problems: Sequence[str], options: ImportOptions) -> None:
    """Stop if anything is wrong, unless it is to be skipped.

    Raises:
        DatasetError: Something is.
    """
    if problems and not options.skip_damaged:
        raise DatasetError(
            f"{len(problems)} things missing or damaged, all named above; nothing was written. "
            "Mend them (download or unpack again), or leave them out with --skip-damaged"
        )


def _refuse_nothing(source: Source, options: ImportOptions) -> None:
    found = {item.class_id for item in source.training}
    if len(source.class_names) < 2 or len(found) < 2:
        raise DatasetError(
            f"{', '.join(map(str, options.paths))}: no images of two or more classes to train on"
        )


def _warnings(source: Source, arrays: Mapping[str, Arrays], seed: HoldoutSeed) -> Iterator[str]:
    if not source.has_tracks:
        yield (
            "nothing says which images show the same thing: near-duplicates were kept together, "
            "all others parted one by one. Where several show one thing, scores come out too good"
        )
    holdout = arrays["holdout"].labels
    if not len(holdout):
        yield "no holdout: this can be checked and trained on, and not graded"
    elif seed.is_default:
        yield (
            "the holdout's order is known to everybody who has these images: import with "
            "AUTOGRADER_HOLDOUT_SEED set before grading for marks"
        )
    if source.is_gtsrb:
        yield from _differences(arrays)


def _differences(arrays: Mapping[str, Arrays]) -> Iterator[str]:
    """Say what GTSRB has as published and this has not."""
    labels = np.concatenate([arrays["train"].labels, arrays["validation"].labels])
    training, holdout = Counter(labels.tolist()), len(arrays["holdout"].labels)
    other = [
        f"{sign.id}: {training.get(sign.id, 0)}/{sign.gtsrb_images}"
        for sign in CLASSES
        if training.get(sign.id, 0) != sign.gtsrb_images
    ]
    if other:
        yield (
            f"{sum(training.values()):,} of the {_OFFICIAL:,} training images published; by class: "
            + ", ".join(other)
        )
    if holdout != _OFFICIAL_TEST:
        yield f"{holdout:,} of the {_OFFICIAL_TEST:,} test images published"


def _show(arrays: Mapping[str, Arrays], console: Console) -> None:
    table = Table()
    for column in ("split", "images", "tracks", "classes"):
        table.add_column(column, justify="left" if column == "split" else "right")
    for name, split in arrays.items():
        counts = (len(split.labels), len(np.unique(split.tracks)), len(np.unique(split.labels)))
        table.add_row(name, *(f"{count:,}" for count in counts))
    console.print(table)


def _show_next(options: ImportOptions, console: Console, *, has_holdout: bool) -> None:
    _say(console, f"{options.out}: written. In grading.yaml, with the path as seen from there:\n")
    _say(console, "dataset:\n  kind: imported")
    _say(console, f"  path: {options.out}\n  image_size: {options.size}")
    if has_holdout:
        _say(console, f"\nStudents get the folder without {options.out / 'holdout'}.")


def _say(console: Console, text: str) -> None:
    console.print(plain(text), highlight=False, soft_wrap=True)
