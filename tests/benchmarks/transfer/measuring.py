"""Real photographs, and how well a model reads them."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import gtsrb
from autograder.errors import DatasetError
from autograder.metrics import evaluate
from autograder.roadsigns.classes import CLASSES

_BATCH = 256
_ANSWERS_ENDING = "_answers.csv"


@dataclass(frozen=True)
class Photographs:
    """Real photographs with their classes.

    Attributes:
        name: Of the set.
        images: uint8 RGB, shape (count, size, size, 3).
        labels: int32, shape (count,), class ids.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int32]


@dataclass(frozen=True)
class Reading:
    """What a model read in photographs.

    Attributes:
        photographs: What it was shown.
        read: int32, shape (count,), class ids.
        certainty: float32, shape (count,), probability of what was read.
        accuracy: Share that was read rightly.
        macro_f1: Mean F1 of the classes that occur.
        confusion: int, shape (43, 43); rows are true classes.
    """

    photographs: Photographs
    read: NDArray[np.int32]
    certainty: NDArray[np.float32]
    accuracy: float
    macro_f1: float
    confusion: NDArray[np.int64]

    def worst(self, count: int) -> list[tuple[int, float]]:
        """Return (class id, recall) of the classes that are read worst, the worst first."""
        totals = self.confusion.sum(1)
        present = np.flatnonzero(totals)
        recall = [(int(i), float(self.confusion[i, i] / totals[i])) for i in present]
        return sorted(recall, key=lambda pair: pair[1])[:count]


def final_test(folder: Path, size: int) -> Photographs:
    """Read the test set of a folder in GTSRB's official layout.

    Raises:
        DatasetError: It is not there, or incomplete.
    """
    for root in (folder, folder / "GTSRB"):
        if (root / "Final_Test" / "Images").is_dir():
            return _load(root.name, gtsrb.final_photos(root), size)
    raise DatasetError(
        f"{folder}: no Final_Test/Images in there; DATA must be the folder into which the official "
        "archives GTSRB_Final_Test_Images.zip and GTSRB_Final_Test_GT.zip were unpacked"
    )


def final_training(folder: Path, size: int) -> Photographs:
    """Read the training photographs of a folder in GTSRB's official layout, to develop on.

    Raises:
        DatasetError: They are not there, or incomplete.
    """
    return _load("Final_Training", gtsrb.training_photos(gtsrb.find_root(folder)), size)


def course_holdout(archive: Path, size: int) -> Photographs:
    """Read the course's holdout: a zip of JPEGs, and beside it the answers as CSV.

    The answers are in `<name>_answers.csv`, with the columns Filename and ClassId.

    Raises:
        DatasetError: One of them is missing, or they do not fit together.
    """
    import cv2

    answers = archive.with_name(archive.stem + _ANSWERS_ENDING)
    try:
        rows = list(csv.DictReader(io.StringIO(answers.read_text("utf-8-sig"))))
        labels = {row["Filename"]: int(row["ClassId"]) for row in rows}
        with zipfile.ZipFile(archive) as file:
            files = {Path(name).name: file.read(name) for name in file.namelist()}
        photos = [_decode(name, files[name]) for name in labels]
    except OSError as error:
        raise DatasetError(
            f"{error.filename}: cannot be read ({error.strerror}); HOLDOUT must be a zip of "
            f"photographs with its {_ANSWERS_ENDING} beside it"
        ) from error
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile, cv2.error) as error:
        raise DatasetError(
            f"{archive}: does not fit {answers.name}, or is no zip of photographs: {error!r}"
        ) from error
    images = np.stack([_square(photo, size) for photo in photos])
    return Photographs(archive.stem, images, np.array(list(labels.values()), np.int32))


def read(model: Any, photographs: Photographs) -> Reading:
    """Have a model read photographs; it gives logits or logarithms of probabilities."""
    outputs = np.concatenate(
        [
            np.asarray(model(photographs.images[at : at + _BATCH].astype(np.float32)))
            for at in range(0, len(photographs.images), _BATCH)
        ]
    )
    return judge(outputs, photographs)


def judge(outputs: NDArray[np.float32], photographs: Photographs) -> Reading:
    """Measure logits, shape (count, 43)."""
    labels = photographs.labels
    likely = np.exp(outputs - outputs.max(1, keepdims=True))
    metrics = evaluate(outputs, labels, len(CLASSES))
    # Of a set without some of the classes, those that it has.
    macro_f1 = metrics.macro_f1 * len(CLASSES) / len(np.unique(labels))
    chosen = outputs.argmax(1).astype(np.int32)
    confusion = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    np.add.at(confusion, (labels, chosen), 1)
    certainty = (likely.max(1) / likely.sum(1)).astype(np.float32)
    return Reading(photographs, chosen, certainty, metrics.accuracy, macro_f1, confusion)


def _load(name: str, photos: tuple[gtsrb.Photo, ...], size: int) -> Photographs:
    labels = np.array([photo.class_id for photo in photos], np.int32)
    return Photographs(name, gtsrb.load_images(photos, size), labels)


def _decode(name: str, data: bytes) -> Any:
    import cv2

    photo = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    if photo is None:
        raise ValueError(f"{name} is not an image")
    return photo


def _square(photo: Any, size: int) -> NDArray[np.uint8]:
    import cv2

    how = cv2.INTER_AREA if photo.shape[0] > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(photo, (size, size), interpolation=how), np.uint8)
