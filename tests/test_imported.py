"""An imported data set: whole or not at all, and honest about what is missing."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import numpy as np
import pytest

from autograder.data_cache import Arrays, verify
from autograder.errors import DatasetError
from autograder.imported import (
    About,
    public_splits,
    read_about,
    refuse_existing,
    sealed_split,
    write_imported,
)

ABOUT = About(layout="a folder for each class", class_names=("cat", "dog"), image_size=16)


def arrays(count: int) -> Arrays:
    labels = np.arange(count, dtype=np.int32) % 2
    return Arrays(np.full((count, 16, 16, 3), 7, np.uint8), labels, labels + 10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    splits = {"train": arrays(6), "validation": arrays(2), "holdout": arrays(4)}
    write_imported(tmp_path / "data" / "pets", ABOUT, splits)
    return tmp_path / "data" / "pets"


def test_what_was_written_is_read(folder: Path) -> None:
    assert read_about(folder, 16) == ABOUT
    splits = public_splits(folder) | {"holdout": sealed_split(folder)}
    assert {name: split.count for name, split in splits.items()} == {
        "train": 6, "validation": 2, "holdout": 4,
    }  # fmt: skip
    assert all(map(verify, splits.values()))
    assert [path.name for path in folder.parent.iterdir()] == ["pets"]


def test_answers_are_for_their_owner_alone(folder: Path) -> None:
    sealed = sealed_split(folder).labels.parent
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o700
    assert not list(folder.glob("*/holdout_labels.npy"))


def test_it_can_be_moved_and_handed_out_without_the_holdout(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("holdout"))
    assert public_splits(copy)["train"].sha256 == public_splits(folder)["train"].sha256
    with pytest.raises(DatasetError, match="has no holdout, as what students get"):
        sealed_split(copy)


def test_another_size_is_refused(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"image_size: 16, or import again with --size 32"):
        read_about(folder, 32)


@pytest.mark.parametrize("text", ["", "{}", '{"layout": "x", "class_names": ["a"]}'])
def test_a_folder_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "dataset.json").write_text(text)
    with pytest.raises(DatasetError, match="autograder data import"):
        read_about(folder, 16)


def test_damage_is_noticed(folder: Path) -> None:
    images = public_splits(folder)["train"].images
    images.write_bytes(images.read_bytes()[:-1])
    with pytest.raises(DatasetError, match="public: missing or damaged"):
        public_splits(folder)
    (folder / "holdout" / "sealed" / "holdout_labels.npy").unlink()
    with pytest.raises(DatasetError, match="holdout: damaged, or not yours"):
        sealed_split(folder)


def test_nothing_is_written_over(folder: Path) -> None:
    with pytest.raises(DatasetError, match="there already"):
        refuse_existing(folder)
    (folder.parent / "empty").mkdir()
    refuse_existing(folder.parent / "empty")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    splits = {"train": arrays(2), "validation": arrays(2), "holdout": arrays(0)}
    with pytest.raises(DatasetError, match="cannot be written"):
        write_imported(tmp_path / "file" / "pets", ABOUT, splits)
