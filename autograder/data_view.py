"""How a data set looks on the terminal: sizes, balance, near-duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.data_summary import Contents, Found, Image, NearDuplicates
from autograder.datasets import Dataset
from autograder.view import plain

_BARS = "▁▂▃▄▅▆▇█"
# More would not fit on a line.
_MOST_BARS = 43


def show_contents(console: Console, dataset: Dataset, contents: Mapping[str, Contents]) -> None:
    """Print the splits, their sizes, and how the classes share them."""
    size = f"{dataset.image_size}x{dataset.image_size}"
    title = f"{dataset.kind}: {dataset.num_classes} classes, {size} RGB"
    table = Table(title=title, title_justify="left")
    table.add_column("split")
    for heading in ("images", "tracks", "a class"):
        table.add_column(heading, justify="right")
    bars = dataset.num_classes <= _MOST_BARS
    if bars:
        table.add_column(f"by class, 0 to {dataset.num_classes - 1}", no_wrap=True)
    for name, split in contents.items():
        fewest, most = min(split.per_class), max(split.per_class)
        each = f"{fewest}" if fewest == most else f"{fewest}-{most}"
        row = [name, f"{split.images:,}", f"{split.tracks:,}", each]
        table.add_row(*row, *([histogram(split.per_class)] if bars else []))
    console.print(table)
    for split_name, split in contents.items():
        by_class = zip(dataset.class_names, split.per_class, strict=True)
        missing = [name for name, count in by_class if not count]
        if missing:
            shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
            _warn(console, f"{split_name} has no image of {len(missing)} classes: {shown}")


def histogram(counts: Sequence[int]) -> str:
    """Return a bar for each count; the highest is that of the largest, and 0 has none."""
    most = max((*counts, 1))
    return "".join(_BARS[(count * len(_BARS) - 1) // most] if count else " " for count in counts)


def show_near_duplicates(
    console: Console, found: NearDuplicates, class_names: Sequence[str]
) -> None:
    """Print which images are in two splits, or under two labels, all but the same."""
    if not any(pairs.pairs for pairs in (*found.across.values(), found.contradictory)):
        _fine(console, "no near-duplicates across splits or labels")
        return
    for (one, other), pairs in found.across.items():
        if not pairs.pairs:
            _fine(console, f"{one}, {other}: no near-duplicates")
            continue
        _warn(
            console,
            f"{one}, {other}: {_images(pairs.images)} of {other} all but the same as in {one} "
            f"({_pairs(pairs.pairs)})",
        )
        _show_worst(console, pairs, class_names)
    if found.contradictory.pairs:
        shown = _pairs(found.contradictory.pairs)
        why = "a label is wrong, or what tells them apart is not seen"
        _warn(console, f"under different labels: {shown}; {why}")
        _show_worst(console, found.contradictory, class_names)


def _show_worst(console: Console, found: Found, class_names: Sequence[str]) -> None:
    def named(image: Image) -> str:
        return f"{image.split} {image.index} ({class_names[image.class_id]})"

    for twins in found.worst:
        line = f"   {named(twins.first)} and {named(twins.second)}: {twins.difference:.3f}"
        console.print(plain(line), highlight=False)
    if found.pairs > len(found.worst):
        console.print(f"   and {found.pairs - len(found.worst):,} more", highlight=False)


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count:,} images"


def _pairs(count: int) -> str:
    return "1 pair" if count == 1 else f"{count:,} pairs"


def _fine(console: Console, text: str) -> None:
    console.print(Text.assemble((" ✓ ", "green"), plain(text)), highlight=False)


def _warn(console: Console, text: str) -> None:
    console.print(Text.assemble((" ! ", "yellow"), plain(text)), highlight=False)
