"""Other people's data: image files of five kinds, tables, archives, folders with any name."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath
from random import Random

import cv2
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from autograder.data_files import DataFile, UnreadableError, opened
from autograder.data_sources import Shares, find_source, load, part, with_lookalikes
from autograder.errors import DatasetError
from autograder.layouts import Source
from autograder.pictures import PictureError, read_picture
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import ODD_TEXTS, bent_bytes, bent_files, grown

MARKERS = (
    b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xc0", b"\xff\xda", b"IHDR", b"IDAT", b"IEND", b"RIFF",
    b"WEBP", b"VP8 ", b"VP8L", b"VP8X", b"BM", b"P6\n", b"P3\n", b"65535 9", b"\x7f\xff\xff\xff",
)  # fmt: skip
FOLDERS = (
    "cat", "dog", "train", "test", "val", "holdout", "training1", "00000", "00014", "00042",
    "00043", "Final_Training", "Final_Test", "Images", "Train", "mini_holdout",
)  # fmt: skip
NAMES = (
    "00000_00000.ppm", "00001_00000.ppm", "00014_00001_00029.png", "1.jpg", "2.png", "3.webp",
    "GT-00000.csv", "GT-00014.csv", "GT-final_test.csv", "Train.csv", "Test.csv",
    "holdout_answers.csv", "mini_holdout_answers.csv", "x.gif", "y.txt",
)  # fmt: skip
TABLE = [
    ["Filename", "Width", "ClassId", "Path"],
    ["00000_00000.ppm", "29", "0", "Train/00000/1.jpg"],
    ["1.jpg", "29", "14", "Train/00014/00014_00001_00029.png"],
    ["2.png", "29", "42", "Test/2.png"],
]


def encoded(suffix: str) -> bytes:
    noise = np.random.default_rng(3).integers(0, 256, (9, 7, 3), np.uint8)
    done, data = cv2.imencode(suffix, noise)
    assert done
    return bytes(data)


PICTURES = tuple(encoded(suffix) for suffix in (".jpg", ".png", ".ppm", ".bmp", ".webp"))


@fuzz(st.one_of([bent_bytes(data, MARKERS) for data in PICTURES]), raises=(PictureError,))
def test_picture(hostile: bytes) -> NDArray[np.uint8]:
    image = read_picture(hostile, 16)
    assert image.shape == (16, 16, 3)
    assert image.dtype == np.uint8
    return image


def rows(table: object) -> bytes:
    lines = (row if isinstance(row, list) else [row] for row in _list(table))
    return "\n".join(",".join(map(str, line)) for line in lines).encode("utf-8", "surrogatepass")


def _list(table: object) -> list[object]:
    return table if isinstance(table, list) else [table]


def _trees(random: Random, changes: int) -> tuple[tuple[str, bytes], ...]:
    files = []
    for _ in range(2 + 3 * changes):
        folders = [random.choice(FOLDERS) for _ in range(random.randrange(4))]
        name = random.choice(NAMES if random.random() < 0.95 else ODD_TEXTS)
        content = random.choice(PICTURES) if random.random() < 0.9 else b"no image"
        if name.endswith(".csv"):
            chosen = [TABLE[0], *random.choices(TABLE[1:], k=random.randrange(5))]
            content = rows(chosen)
        files.append(("/".join([*folders, name]), content))
    return tuple(files)


def import_all(files: tuple[DataFile, ...]) -> Source:
    """Do all that an import does, but for writing."""
    source = find_source(files)
    for text in (*source.problems, *source.remarks, *source.class_names):
        assert text
        assert text.isprintable()
    known = range(len(source.class_names))
    items = (*source.training, *source.validation, *source.holdout)
    assert all(item.class_id in known for item in items)
    splits = part(with_lookalikes(source, 16), Shares(), "secret")
    assert sorted(item.file.shown for some in splits.values() for item in some) == sorted(
        item.file.shown for item in items
    )
    arrays, problems = load(splits, ("train", "validation", "holdout"), 16)
    assert sum(len(split.labels) for split in arrays.values()) + len(problems) == len(items)
    return source


@fuzz(grown(_trees), raises=(DatasetError,))
def test_tree(hostile: tuple[tuple[str, bytes], ...]) -> Source:
    def read(content: bytes) -> bytes:
        if content == b"no image":
            raise UnreadableError("damaged")
        return content

    unique = {path: content for path, content in hostile if path}
    return import_all(
        tuple(
            DataFile(PurePosixPath(path), path, partial(read, content), "")
            for path, content in unique.items()
            if path.isprintable()
        )
    )


@fuzz(bent_files(TABLE, rows), raises=(DatasetError,))
def test_table(hostile: bytes) -> Source:
    contents = {
        "Train.csv": hostile,
        **{f"Train/00000/{number}.jpg": PICTURES[0] for number in range(3)},
        "Train/00014/00014_00001_00029.png": PICTURES[1],
    }
    return import_all(
        tuple(
            DataFile(PurePosixPath(name), name, partial(bytes, content), "")
            for name, content in contents.items()
        )
    )


def _archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("training1/00000/00000_00001.jpg", "training1/00014/00000_00001.jpg"):
            archive.writestr(name, PICTURES[0])
    return file.getvalue()


@fuzz(bent_bytes(_archive(), (b"PK\3\4", b"PK\1\2", b"PK\5\6", b"../")), raises=(DatasetError,))
def test_archive(hostile: bytes, folder: Path) -> Source:
    (folder / "training1.zip").write_bytes(hostile)
    with opened([folder]) as files:
        return import_all(files)
