"""What `data info` prints."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from autograder.data_cache import Split
from autograder.data_summary import Contents, Found, Image, NearDuplicates, Twins
from autograder.data_view import histogram, show_contents, show_near_duplicates
from autograder.datasets import Dataset

NAMES = ("Stop", "[red]Yield[/red]", "Bend")
NONE = Found(0, 0, ())


def console() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=90), out


def dataset(names: tuple[str, ...] = NAMES) -> Dataset:
    split = Split(Path("a"), Path("a"), Path("a"), 1, "")
    return Dataset("folder", 64, names, split, split, "")


def test_a_bar_is_as_high_as_its_class_is_large() -> None:
    assert histogram([0, 1, 4, 8]) == " ▁▄█"
    assert histogram([1000, 1, 501]) == "█▁▅"
    assert histogram([0, 0]) == "  "


def test_splits_are_shown_with_their_balance() -> None:
    shown, out = console()
    splits = {"train": Contents(1200, 300, (100, 700, 400)), "holdout": Contents(9, 9, (3, 3, 3))}
    show_contents(shown, dataset(), splits)
    text = out.getvalue()
    assert "folder: 3 classes, 64x64 RGB" in text
    assert "│ train   │  1,200 │    300 │ 100-700 │ ▂█▅" in text
    assert "│ holdout │      9 │      9 │       3 │ ███" in text
    assert "no image" not in text


def test_missing_classes_are_named() -> None:
    shown, out = console()
    show_contents(shown, dataset(), {"validation": Contents(5, 5, (5, 0, 0))})
    assert "validation has no image of 2 classes: [red]Yield[/red], Bend" in out.getvalue()


def test_many_classes_have_no_bars() -> None:
    shown, out = console()
    names = tuple(map(str, range(100)))
    show_contents(shown, dataset(names), {"train": Contents(100, 100, (1,) * 100)})
    assert "█" not in out.getvalue()


def test_clean_data_is_said_to_be_clean() -> None:
    shown, out = console()
    show_near_duplicates(shown, NearDuplicates({("train", "holdout"): NONE}, NONE), NAMES)
    assert out.getvalue() == " ✓ no near-duplicates across splits or labels\n"


def test_near_duplicates_are_shown_with_their_worst() -> None:
    twins = Twins(Image("train", 7, 0), Image("holdout", 11, 1), 0.0123)
    found = NearDuplicates(
        {("train", "validation"): NONE, ("train", "holdout"): Found(1200, 1, (twins,))},
        Found(1, 1, (twins,)),
    )
    shown, out = console()
    show_near_duplicates(shown, found, NAMES)
    assert out.getvalue().splitlines() == [
        " ✓ train, validation: no near-duplicates",
        " ! train, holdout: 1 image of holdout all but the same as in train (1,200 pairs)",
        "   train 7 (Stop) and holdout 11 ([red]Yield[/red]): 0.012",
        "   and 1,199 more",
        " ! under different labels: 1 pair; a label is wrong, or what tells them apart is not seen",
        "   train 7 (Stop) and holdout 11 ([red]Yield[/red]): 0.012",
    ]
