"""`autograder data import`: all of it or nothing, and everything wrong by its name."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.cli import run
from autograder.config import DatasetConfig
from autograder.datasets import open_dataset, open_holdout
from autograder.errors import DatasetError
from autograder.roadsigns import classes
from tests import data_folders
from tests.data_folders import CLASSES, red

SAMPLES = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", "a secret of enough length")
    monkeypatch.setenv("COLUMNS", "200")


def import_data(source: Path, *more: object) -> int:
    out = source.parent / "out"
    return run(["data", "import", str(source), "--out", str(out), *map(str, more)])


def imported(folder: Path, size: int = 32) -> DatasetConfig:
    return DatasetConfig(kind="imported", path=folder, image_size=size)


def packed(folder: Path) -> Path:
    """Pack published data as it is published."""
    root = data_folders.published(folder)
    for name in ("Final_Training", "Final_Test"):
        part = folder / name
        (part / "GTSRB").mkdir(parents=True)
        (root / "GTSRB" / name).rename(part / "GTSRB" / name)
        data_folders.pack(part, folder / f"GTSRB_{name}_Images.zip")
    (root / "GTSRB").rmdir()
    with zipfile.ZipFile(folder / "GTSRB_Final_Test_GT.zip", "w") as file:
        file.write(root / "GT-final_test.csv", "GT-final_test.csv")
    (root / "GT-final_test.csv").unlink()
    return folder


LAYOUTS = {
    "published": data_folders.published,
    "published, packed": packed,
    "Kaggle": data_folders.kaggle,
    "Kaggle, packed": lambda f: data_folders.pack(data_folders.kaggle(f), f.parent / "archive.zip"),
    "course": data_folders.course,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_becomes_the_same_data_set(
    tmp_path: Path, layout: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = LAYOUTS[layout](tmp_path / "source")
    assert import_data(source, "--size", 24) == 0
    out = tmp_path / "out"
    printed = capsys.readouterr().out
    assert layout.split(",", maxsplit=1)[0] in printed
    assert f"dataset:\n  kind: imported\n  path: {out}\n  image_size: 24\n" in printed
    dataset, holdout = open_dataset(imported(out, 24)), open_holdout(imported(out, 24), "any")
    assert dataset.num_classes == 43
    assert dataset.class_names[14] == "Stop"
    frames = 2 if "published" in layout else 1
    assert (dataset.train.count, dataset.validation.count) == (12 * frames, 3 * frames)
    assert holdout.count == 6
    for split in (dataset.train, dataset.validation, holdout):
        images, labels = np.load(split.images), np.load(split.labels)
        assert images.shape == (split.count, 24, 24, 3)
        assert set(labels) == set(CLASSES)
        # JPEG is off by one or two.
        assert (abs(images[:, 9, 9, 0] - np.vectorize(red)(labels)) <= 2).all()
    tracks = [set(np.load(split.tracks)) for split in (dataset.train, dataset.validation, holdout)]
    assert not tracks[0] & tracks[1] | tracks[0] & tracks[2] | tracks[1] & tracks[2]


def test_counts_are_held_against_those_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_data(data_folders.published(tmp_path / "source")) == 0
    printed = capsys.readouterr().out
    assert "30 of the 39,209 training images published" in printed
    assert "14: 10/780" in printed
    assert "6 of the 12,630 test images published" in printed


def test_all_that_was_published_is_said_to_be_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signs = [replace(sign, gtsrb_images=10 * (sign.id in CLASSES)) for sign in classes.CLASSES]
    monkeypatch.setattr("autograder.commands.data_import.CLASSES", signs)
    monkeypatch.setattr("autograder.commands.data_import._OFFICIAL", 30)
    monkeypatch.setattr("autograder.commands.data_import._OFFICIAL_TEST", 6)
    assert import_data(data_folders.published(tmp_path / "source")) == 0
    printed = capsys.readouterr().out
    assert "all 30 training and 6 test images published" in printed
    assert " ! " not in printed


def test_everything_wrong_is_named_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = data_folders.published(tmp_path / "source")
    training = source / "GTSRB" / "Final_Training" / "Images"
    (training / "00000" / "00001_00000.ppm").unlink()
    (training / "00000" / "00002_00000.ppm").write_bytes(b"P6\n9 9\n255\n")
    (training / "00014" / "GT-00014.csv").unlink()
    with (training / "00042" / "GT-00042.csv").open("a") as file:
        file.write("x.ppm;9;9;1;1;8;8;43\nhalf a line\n00000_00000.ppm;9;9;1;1;8;8;42\n")
    with (source / "GT-final_test.csv").open("a") as file:
        file.write("99999.ppm;9;9;1;1;8;8;1\n")
    assert import_data(source) == 2
    printed = capsys.readouterr()
    for words in (
        "00000/GT-00000.csv:4: 00001_00000.ppm is missing",
        "00014: GT-00014.csv is missing",
        "GT-00042.csv:12: ClassId '43' is not in 0..42",
        "GT-00042.csv:13: expected columns Filename and ClassId",
        "GT-00042.csv:14: 00000_00000.ppm stands there twice",
        "GT-final_test.csv:8: 99999.ppm is missing",
        "00000/00002_00000.ppm: ends before the image does",
    ):
        assert words in printed.out
    assert "7 things missing or damaged" in printed.err
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_damaged_images_are_named_and_may_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = data_folders.kaggle(tmp_path / "source")
    broken = [source / "Train/14/00014_00002_00029.png", source / "Test/00003.png"]
    broken[0].write_bytes(broken[0].read_bytes()[:60])
    broken[1].write_bytes(b"")
    assert import_data(source) == 2
    printed = capsys.readouterr()
    assert "Train/14/00014_00002_00029.png: ends before the image does" in printed.out
    assert "Test/00003.png: an empty file" in printed.out
    assert not (tmp_path / "out").exists()
    assert import_data(source, "--skip-damaged") == 0
    dataset = open_dataset(imported(tmp_path / "out"))
    assert dataset.train.count + dataset.validation.count == 14
    assert open_holdout(imported(tmp_path / "out"), "any").count == 5


def test_an_archive_that_is_missing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = packed(tmp_path / "source")
    (source / "GTSRB_Final_Test_Images.zip").unlink()
    assert import_data(source) == 2
    printed = capsys.readouterr().out
    assert "none of the 6 images that it names is here; GTSRB_Final_Test_Images.zip" in printed


def test_without_answers_there_is_no_holdout_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = packed(tmp_path / "source")
    (source / "GTSRB_Final_Test_GT.zip").unlink()
    assert import_data(source) == 0
    printed = capsys.readouterr().out
    assert "GTSRB_Final_Test_GT.zip has it" in printed
    assert "can be checked and trained on, and not graded" in printed
    with pytest.raises(DatasetError, match="has no holdout"):
        open_holdout(imported(tmp_path / "out"), "any")


def _nothing(folder: Path) -> None:
    folder.mkdir()


def _one_class(folder: Path) -> None:
    shutil.rmtree(data_folders.by_class(folder) / "dog")


def _damaged_archive(folder: Path) -> None:
    folder.mkdir()
    (folder / "training1.zip").write_bytes(b"PK\3\4 and no more")


def _escaping_archive(folder: Path) -> None:
    folder.mkdir()
    with zipfile.ZipFile(folder / "training1.zip", "w") as file:
        file.writestr("../../evil/00000_00000.jpg", b"x")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_nothing, "0 sub-folders with images"),
        (_one_class, "1 sub-folders with images"),
        (_damaged_archive, "training1.zip: This is no .zip archive"),
        (_escaping_archive, "would land outside"),
    ],
)
def test_what_is_no_data_set_is_refused(
    tmp_path: Path,
    make: Callable[[Path], None],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(tmp_path / "source")
    assert import_data(tmp_path / "source") == 2
    printed = capsys.readouterr()
    assert words in printed.out + printed.err
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_missing_path_and_an_existing_folder_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_data(tmp_path / "nowhere") == 2
    assert "nowhere: no such file or folder" in capsys.readouterr().err
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")
    assert import_data(data_folders.kaggle(tmp_path / "source")) == 2
    assert "there already" in capsys.readouterr().err


def test_an_interrupted_import_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    source = data_folders.kaggle(tmp_path / "source")
    monkeypatch.setattr("autograder.data_cache.np.save", interrupt)
    assert import_data(source) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_one_folder_of_classes_is_parted_by_the_secret_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = data_folders.by_class(tmp_path / "source")
    assert import_data(source, "--holdout-share", 0.3) == 0
    assert "near-duplicates were kept together" in capsys.readouterr().out
    dataset = open_dataset(imported(tmp_path / "out"))
    holdout = open_holdout(imported(tmp_path / "out"), "any")
    assert (dataset.train.count, dataset.validation.count, holdout.count) == (12, 2, 6)
    assert dataset.class_names == ("cat", "dog")
    (tmp_path / "out").rename(tmp_path / "before")
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", "another secret of enough length")
    assert import_data(source, "--holdout-share", 0.3) == 0
    assert open_holdout(imported(tmp_path / "out"), "any").sha256 != holdout.sha256
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED")
    shutil.rmtree(tmp_path / "out")
    assert import_data(source) == 2
    assert "set AUTOGRADER_HOLDOUT_SEED" in capsys.readouterr().err


def test_the_secret_orders_the_holdout_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = data_folders.kaggle(tmp_path / "source")
    found = []
    for seed in ("one secret of enough length", "another secret of enough length"):
        monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", seed)
        assert import_data(source) == 0
        out = (tmp_path / "out").rename(tmp_path / seed)
        dataset, holdout = open_dataset(imported(out)), open_holdout(imported(out), "any")
        found.append((dataset.fingerprint, holdout.sha256))
    assert found[0][0] == found[1][0]
    assert found[0][1] != found[1][1]


def test_names_of_files_are_shown_and_not_obeyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = data_folders.by_class(tmp_path / "source")
    (source / "cat" / "\x1b]0;title\x07.png").write_bytes(b"no image")
    assert import_data(source) == 2
    printed = capsys.readouterr()
    assert "title" in printed.out
    assert "\x1b" not in printed.out + printed.err


def test_the_real_samples(tmp_path: Path) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"the samples of real photographs are not at {SAMPLES}")
    counts = {"course-sample": 201, "gtsrb-sample": 430}
    for name, holdout in counts.items():
        out = tmp_path / name
        assert run(["data", "import", str(SAMPLES / name), "--out", os.fspath(out)]) == 0
        dataset = open_dataset(imported(out))
        assert dataset.train.count + dataset.validation.count == 1505
        assert open_holdout(imported(out), "any").count == holdout
