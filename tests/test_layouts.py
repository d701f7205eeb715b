"""A folder for each class, however people wrap and name it."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from autograder.data_files import DataFile
from autograder.layouts import by_folders


def files(*names: str) -> tuple[DataFile, ...]:
    return tuple(DataFile(PurePosixPath(name), name, lambda: b"", "") for name in names)


BOTH = ("cat/1.png", "dog/1.JPG")


@pytest.mark.parametrize("above", ["", "pets/", "a/b/c/"])
def test_folders_around_the_classes_do_not_matter(above: str) -> None:
    source = by_folders(files(*(above + name for name in BOTH)))
    assert source.class_names == ("cat", "dog")
    assert [item.class_id for item in source.training] == [0, 1]
    assert not source.is_parted
    assert not source.problems + source.remarks


SPLITS = [
    ("train", "validation", "holdout"),
    ("Training", "val", "Test"),
    ("train", "valid", "test"),
]


@pytest.mark.parametrize("names", SPLITS)
@pytest.mark.parametrize("above", ["", "pets/"])
def test_splits_are_known_by_their_names(names: tuple[str, str, str], above: str) -> None:
    source = by_folders(files(*(f"{above}{split}/{name}" for split in names for name in BOTH)))
    assert source.is_parted
    splits = (source.training, source.validation, source.holdout)
    assert [len(items) for items in splits] == [2, 2, 2]
    # The same name in two splits is not the same image.
    assert len({item.track for items in splits for item in items}) == 6


@pytest.mark.parametrize("above", ["train/", "pets/train/"])
def test_training_images_alone_are_a_students_copy(above: str) -> None:
    source = by_folders(files(*(above + name for name in BOTH)))
    assert source.is_parted
    assert len(source.training) == 2
    assert not source.holdout


def test_archives_of_splits_may_wrap_them_once_more() -> None:
    names = ("train/train/cat/1.png", "train/train/dog/1.png", "test/test/cat/1.png")
    source = by_folders(files(*names, "test/test/dog/2.png"))
    assert source.class_names == ("cat", "dog")
    assert len(source.holdout) == 2


def test_numbers_are_in_their_order_and_so_are_names() -> None:
    names = by_folders(files("10/1.png", "9/1.png", "b/1.png", "A/1.png")).class_names
    assert names == ("A", "b", "9", "10")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "0 sub-folders with images"),
        (("1.png", "2.png"), "0 sub-folders"),
        (("cat/1.png",), "1 sub-folders"),
        (("train/cat/1.png", "train/dog/1.png", "test/cat/1.png"), "holdout/dog: missing"),
        (
            (
                *(f"train/{name}" for name in BOTH),
                *(f"val/{name}" for name in BOTH),
                "val/cow/1.png",
            ),
            "validation/cow: no such class in train",
        ),
    ],
)
def test_what_is_missing_is_named(names: tuple[str, ...], words: str) -> None:
    assert any(words in problem for problem in by_folders(files(*names)).problems)


def test_what_is_left_aside_is_named() -> None:
    others = [f"cat/{number}.txt" for number in range(12)]
    source = by_folders(files("train/cat/1.png", "train/dog/1.png", "extra/x.png", *others))
    assert not source.problems
    words = "\n".join(source.remarks)
    assert "cat/0.txt" in words
    assert "and 2 more" in words
    assert "extra/x.png" in words
