"""GTSRB is recognised by what lies there, and by nothing else."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from autograder.data_files import DataFile, UnreadableError, opened
from autograder.gtsrb_layouts import recognise
from autograder.layouts import Source
from tests import data_folders


def found(path: Path) -> Source:
    with opened([path]) as files:
        source = recognise(files)
    assert source is not None
    return source


def test_tracks_are_read_off_the_names(tmp_path: Path) -> None:
    source = found(data_folders.published(tmp_path))
    assert source.has_tracks
    assert len({item.track for item in source.training}) == 15
    assert len({item.track for item in source.holdout}) == 6
    assert not source.problems + source.remarks


def test_packed_and_unpacked_side_by_side_count_once(tmp_path: Path) -> None:
    once = found(data_folders.course(tmp_path / "course"))
    again = tmp_path / "again"
    data_folders.course(again)
    part = "training1/00000"
    for track in range(5):
        data_folders.write_picture(again / part / f"{track:05d}_00002.jpg", 40)
    assert len(found(again).training) == len(once.training) == 15


def test_the_final_training_images_go_before_the_older_ones(tmp_path: Path) -> None:
    root = data_folders.published(tmp_path)
    older = root / "GTSRB" / "Training" / "00000"
    data_folders.write_picture(older / "00000_00000.ppm", 40)
    data_folders.table(older / "GT-00000.csv", [("00000_00000.ppm", 0)])
    source = found(root)
    assert len(source.training) == 30
    assert "Training: training images already found elsewhere" in source.remarks[0]


def test_the_older_training_images_will_do(tmp_path: Path) -> None:
    root = data_folders.published(tmp_path)
    (root / "GTSRB" / "Final_Training" / "Images").rename(root / "GTSRB" / "Training")
    source = found(root)
    assert len(source.training) == 30
    assert not source.problems


def test_images_that_no_table_names_are_left_aside(tmp_path: Path) -> None:
    root = data_folders.published(tmp_path)
    extra = root / "GTSRB" / "Final_Training" / "Images" / "00014" / "99999_00000.ppm"
    data_folders.write_picture(extra, 40)
    source = found(root)
    assert len(source.training) == 30
    assert "99999_00000.ppm" in source.remarks[0]


def test_images_of_another_test_are_left_aside(tmp_path: Path) -> None:
    root = data_folders.published(tmp_path)
    data_folders.write_picture(root / "GTSRB" / "Online-Test-sort" / "00014" / "7.ppm", 40)
    source = found(root)
    assert (len(source.training), len(source.holdout)) == (30, 6)
    assert "Online-Test-sort/00014/7.ppm" in source.remarks[0]


def test_names_without_tracks_are_noticed(tmp_path: Path) -> None:
    for class_id in (0, 1):
        for number in range(3):
            name = f"training1/{class_id:05d}/{number}.jpg"
            data_folders.write_picture(tmp_path / name, 50)
    source = found(tmp_path)
    assert not source.has_tracks
    assert len({item.track for item in source.training}) == 6


def test_a_class_that_does_not_exist_is_named(tmp_path: Path) -> None:
    data_folders.course(tmp_path)
    data_folders.write_picture(tmp_path / "training3" / "00043" / "00000_00000.jpg", 50)
    assert "there are only classes 00000 to 00042" in found(tmp_path).problems[0]


def test_a_smaller_holdout_is_for_want_of_the_other(tmp_path: Path) -> None:
    data_folders.course(tmp_path)
    data_folders.write_picture(tmp_path / "mini_holdout" / "00000.jpg", 50)
    (tmp_path / "mini_holdout_answers.csv").write_text("Filename,ClassId\n00000.jpg,14\n")
    source = found(tmp_path)
    assert len(source.holdout) == 6
    assert "mini_holdout: there is another holdout" in source.remarks[0]
    (tmp_path / "holdout_answers.csv").unlink()
    source = found(tmp_path)
    assert len(source.holdout) == 1
    assert "6 images in holdout, but no holdout_answers.csv" in source.remarks[0]


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    def read() -> bytes:
        raise UnreadableError("larger than 64 MiB")

    table = DataFile(PurePosixPath("Train.csv"), "there/Train.csv", read, "")
    source = recognise([table])
    assert source is not None
    assert "there/Train.csv: larger than 64 MiB" in source.problems


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"Path,ClassId\n" + b"x" * 200_000])
def test_a_table_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    data_folders.kaggle(tmp_path)
    (tmp_path / "Test.csv").write_bytes(content)
    assert any("Test.csv" in problem for problem in found(tmp_path).problems)


def test_any_other_folder_is_not_taken_for_it(tmp_path: Path) -> None:
    with opened([data_folders.by_class(tmp_path)]) as files:
        assert recognise(files) is None
