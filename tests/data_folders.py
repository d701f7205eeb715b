"""Small data sets on the disk, in the layouts that people have."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

COLUMNS = "Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2"
CLASSES = (0, 14, 42)


def write_picture(path: Path, value: int, size: int = 20) -> None:
    """Write an image that is red by so much, and nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((size, size, 3), (0, 0, value), np.uint8))


def red(class_id: int) -> int:
    """Return how red a class's images are."""
    return 40 + 4 * class_id


def published(root: Path) -> Path:
    """Three classes of five tracks of two frames; six test images."""
    for class_id in CLASSES:
        images = root / "GTSRB" / "Final_Training" / "Images" / f"{class_id:05d}"
        names = [f"{track:05d}_{frame:05d}.ppm" for track in range(5) for frame in range(2)]
        for name in names:
            write_picture(images / name, red(class_id))
        table(images / f"GT-{class_id:05d}.csv", [(name, class_id) for name in names])
    rows = [(f"{number:05d}.ppm", CLASSES[number % 3]) for number in range(6)]
    for name, class_id in rows:
        write_picture(root / "GTSRB" / "Final_Test" / "Images" / name, red(class_id))
    table(root / "GT-final_test.csv", rows)
    return root


def table(path: Path, rows: Sequence[tuple[str, int]]) -> None:
    """Write annotations as published."""
    lines = [f"Filename;{COLUMNS};ClassId", *(f"{name};9;9;1;1;8;8;{id_}" for name, id_ in rows)]
    path.write_text("\n".join(lines) + "\n")


def kaggle(root: Path) -> Path:
    """The same on Kaggle: tables with paths."""
    header = COLUMNS.replace(";", ",") + ",ClassId,Path"
    training, test = [header], [header]
    for class_id in CLASSES:
        for track in range(5):
            name = f"Train/{class_id}/{class_id:05d}_{track:05d}_00029.png"
            write_picture(root / name, red(class_id))
            training.append(f"9,9,1,1,8,8,{class_id},{name}")
    for number in range(6):
        name = f"Test/{number:05d}.png"
        write_picture(root / name, red(CLASSES[number % 3]))
        test.append(f"9,9,1,1,8,8,{CLASSES[number % 3]},{name}")
    write_picture(root / "Meta" / "0.png", 7)
    (root / "Train.csv").write_text("\n".join(training) + "\n")
    (root / "Test.csv").write_text("\n".join(test) + "\n")
    return root


def course(root: Path) -> Path:
    """The same in the course: folders of JPEGs, packed, and a holdout with its answers."""
    for class_id, part in zip(CLASSES, ("training1", "training1", "training2"), strict=True):
        for track in range(5):
            name = f"{track:05d}_00002.jpg"
            write_picture(root / part / part / f"{class_id:05d}" / name, red(class_id))
    rows = []
    for number in range(6):
        name = f"{number:05d}.jpg"
        write_picture(root / "holdout" / "holdout" / name, red(CLASSES[number % 3]))
        rows.append(f"{name},{CLASSES[number % 3]}")
    (root / "holdout_answers.csv").write_text("\n".join(["Filename,ClassId", *rows]) + "\n")
    for part in ("training1", "training2", "holdout"):
        pack(root / part, root / f"{part}.zip")
    return root


def pack(folder: Path, archive: Path) -> Path:
    """Pack a folder and remove it."""
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.write(path, path.relative_to(folder))
                path.unlink()
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir()
    folder.rmdir()
    return archive


def by_class(root: Path, count: int = 10, size: int = 20, seed: int = 0) -> Path:
    """Two classes of images, each its own."""
    random = np.random.default_rng(seed)
    for name, value in (("cat", 60), ("dog", 180)):
        for number in range(count):
            path = root / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            noise = random.integers(value - 20, value + 20, (size, size, 3))
            assert cv2.imwrite(str(path), noise.astype(np.uint8))
    return root
