"""Reading GTSRB's official folders."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from autograder import gtsrb
from autograder.config import DatasetConfig
from autograder.datasets import open_dataset, open_holdout
from autograder.errors import DatasetError

SAMPLE = Path(__file__).parent.parent.parent / "shared" / "gtsrb-sample"
HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"


def write_photo(path: Path, size: int, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((size, size, 3), (0, 0, value), np.uint8))


def write_csv(path: Path, rows: list[tuple[str, int]]) -> None:
    lines = [HEADER, *(f"{name};30;30;5;5;25;25;{class_id}" for name, class_id in rows)]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three classes of six tracks of two frames, red by class; four test images."""
    root = tmp_path / "GTSRB"
    for class_id in range(3):
        images = root / "Final_Training" / "Images" / f"{class_id:05d}"
        names = [f"{track:05d}_{frame:05d}.ppm" for track in range(6) for frame in range(2)]
        for name in names:
            write_photo(images / name, 20 + 10 * class_id, 50 + class_id)
        write_csv(images / f"GT-{class_id:05d}.csv", [(name, class_id) for name in names])
    names = [f"{number:05d}.ppm" for number in range(4)]
    for number, name in enumerate(names):
        write_photo(root / "Final_Test" / "Images" / name, 48, 50 + number % 3)
    write_csv(root / "GT-final_test.csv", [(name, i % 3) for i, name in enumerate(names)])
    return root


def config(path: Path, size: int = 32) -> DatasetConfig:
    return DatasetConfig(kind="gtsrb", path=path, image_size=size)


@pytest.mark.parametrize("size", [16, 32, 64])
def test_images_are_resized_and_keep_their_labels(folder: Path, tmp_path: Path, size: int) -> None:
    dataset = open_dataset(config(folder, size), tmp_path / "cache")
    for split in (dataset.train, dataset.validation):
        images, labels = np.load(split.images), np.load(split.labels)
        assert images.shape == (split.count, size, size, 3)
        assert (images[:, 0, 0, 0] == 50 + labels).all()  # RGB: red comes first
        assert not images[..., 1:].any()
    assert dataset.train.count + dataset.validation.count == 36


def test_no_track_is_in_two_splits_and_every_class_is_in_both(folder: Path) -> None:
    training, validation = gtsrb.split_by_track(gtsrb.training_photos(folder))
    assert not {photo.track for photo in training} & {photo.track for photo in validation}
    for class_id in range(3):
        tracks = {photo.track for photo in validation if photo.class_id == class_id}
        assert len(tracks) == 1
    assert {photo.class_id for photo in training} == {0, 1, 2}


def test_a_class_of_one_track_only_trains() -> None:
    photos = [gtsrb.Photo(Path(f"{frame}.ppm"), 5, 0) for frame in range(3)]
    training, validation = gtsrb.split_by_track(photos)
    assert (len(training), len(validation)) == (3, 0)


def test_the_order_tells_nothing_of_the_class(folder: Path, tmp_path: Path) -> None:
    labels = np.load(open_dataset(config(folder), tmp_path / "cache").train.labels)
    assert (np.diff(labels) != 0).sum() > 8  # in order of classes there would be 2 changes


def test_the_holdout_is_the_official_test(folder: Path, tmp_path: Path) -> None:
    holdout = open_holdout(config(folder), "any", tmp_path / "cache")
    images, labels = np.load(holdout.images), np.load(holdout.labels)
    assert holdout.count == 4
    assert (images[:, 0, 0, 0] == 50 + labels).all()


def test_students_need_no_test_labels(folder: Path, tmp_path: Path) -> None:
    (folder / "GT-final_test.csv").unlink()
    open_dataset(config(folder.parent), tmp_path / "cache")
    with pytest.raises(DatasetError, match=r"GT-final_test\.csv"):
        open_holdout(config(folder.parent), "any", tmp_path / "cache")


def test_a_changed_file_is_read_anew(folder: Path, tmp_path: Path) -> None:
    before = open_dataset(config(folder), tmp_path / "cache")
    write_photo(folder / "Final_Training" / "Images" / "00000" / "00000_00000.ppm", 25, 99)
    assert open_dataset(config(folder), tmp_path / "cache").fingerprint != before.fingerprint


def damage_csv(folder: Path) -> Path:
    return folder / "Final_Training" / "Images" / "00001" / "GT-00001.csv"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no Final_Training/Images"):
        open_dataset(config(tmp_path), tmp_path / "cache")


def test_missing_annotations_are_named(folder: Path) -> None:
    damage_csv(folder).unlink()
    with pytest.raises(DatasetError, match=r"GT-00001\.csv: missing"):
        gtsrb.training_photos(folder)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("00000_00000.ppm;30;30;5;5;25;25;43", "ClassId '43' is not in 0..42"),
        ("00000_00000.ppm;30;30;5;5;25;25;-1", "ClassId '-1' is not in 0..42"),
        ("00000_00000.ppm;30;30", "expected the columns"),
        ("../../x.ppm;30;30;5;5;25;25;1", "not a plain file name"),
        ("x\0.ppm;30;30;5;5;25;25;1", "not a plain file name"),
        (f"00000_00000.ppm;30;30;5;5;25;25;{'1' * 5000}", "is not in 0..42"),
    ],
)
def test_a_bad_annotation_names_its_line(folder: Path, line: str, words: str) -> None:
    damage_csv(folder).write_text(f"{HEADER}\n{line}\n")
    with pytest.raises(DatasetError) as error:
        gtsrb.training_photos(folder)
    assert words in str(error.value)
    assert "GT-00001.csv:2" in str(error.value)


def test_a_cell_without_end_is_named(folder: Path) -> None:
    damage_csv(folder).write_text(f"{HEADER}\n{'x' * 140_000}")
    with pytest.raises(DatasetError, match=r"GT-00001\.csv: cannot be read"):
        gtsrb.training_photos(folder)


@pytest.mark.parametrize("content", [b"", b"P6 nonsense", b"P6\n99999 99999\n255\n"])
def test_a_broken_image_is_named(folder: Path, tmp_path: Path, content: bytes) -> None:
    broken = folder / "Final_Training" / "Images" / "00002" / "00003_00001.ppm"
    broken.write_bytes(content)
    with pytest.raises(DatasetError, match=r"00003_00001\.ppm: not an image"):
        open_dataset(config(folder), tmp_path / "cache")


def test_a_missing_image_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "Final_Training" / "Images" / "00002" / "00003_00001.ppm").unlink()
    with pytest.raises(DatasetError, match=r"00003_00001\.ppm: named in its annotations"):
        open_dataset(config(folder), tmp_path / "cache")


def test_the_sample_of_real_photographs(tmp_path: Path) -> None:
    if not SAMPLE.is_dir():
        pytest.skip(f"the sample of GTSRB is not at {SAMPLE}")
    dataset = open_dataset(config(SAMPLE), tmp_path / "cache")
    assert dataset.train.count + dataset.validation.count == 1505
    assert len(np.unique(np.load(dataset.validation.labels))) == 43
    assert open_holdout(config(SAMPLE), "any", tmp_path / "cache").count == 430
