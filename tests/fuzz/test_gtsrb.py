"""The photographs' archive, unpacked by hand: half of it may be missing, or be something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder import gtsrb
from autograder.errors import DatasetError
from autograder.gtsrb import Photo
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_bytes, bent_files

ROWS = [
    ["Filename", "Width", "Height", "Roi.X1", "ClassId"],
    ["00000_00000.ppm", "29", "30", "5", "7"],
    ["00001_00000.ppm", "29", "30", "5", "42"],
]
WORDS = ("43", "-1", "²", "٣", "9" * 5000, "..", "a/b.ppm", "a\0.ppm", "x" * 140_000, "\r", '"')


def dump(rows: Any) -> bytes:
    lines = (row if isinstance(row, list) else [row] for row in rows or [[]])
    return "\n".join(";".join(map(str, line)) for line in lines).encode("utf-8", "surrogatepass")


def annotation_files() -> st.SearchStrategy[bytes]:
    return bent_files(
        ROWS, lambda rows: dump(rows if isinstance(rows, list) else [[rows]]), words=WORDS
    )


@fuzz(annotation_files(), raises=(DatasetError,))
def test_annotations(hostile: bytes, folder: Path) -> tuple[Photo, ...]:
    images = folder / "Final_Training" / "Images" / "00007"
    images.mkdir(parents=True, exist_ok=True)
    (images / "GT-00007.csv").write_bytes(hostile)

    photos = gtsrb.training_photos(folder)

    assert all(photo.path.parent == images for photo in photos)
    assert all(0 <= photo.class_id < gtsrb.NUM_CLASSES for photo in photos)
    training, validation = gtsrb.split_by_track(photos)
    assert sorted(map(id, training + validation)) == sorted(map(id, photos))
    assert not {photo.track for photo in training} & {photo.track for photo in validation}
    with pytest.raises(DatasetError):  # there are none, whatever they are called
        gtsrb.load_images(gtsrb.shuffled(photos), 16)
    return photos


PPM = b"P6\n5 4\n255\n" + bytes(range(60))
HEADERS = (
    b"P5",
    b"P3",
    b"P7",
    b"65536 65536",
    b"99999999999 1",
    b"-1",
    b"0",
    b"65535",
    b"#",
    b"BM",
)


@fuzz(bent_bytes(PPM, HEADERS), raises=(DatasetError,))
def test_photograph(hostile: bytes, folder: Path) -> NDArray[np.uint8]:
    path = folder / "00000_00000.ppm"
    path.write_bytes(hostile)

    images = gtsrb.load_images([Photo(path, 7, 0)], 16)

    assert images.shape == (1, 16, 16, 3)
    return images
