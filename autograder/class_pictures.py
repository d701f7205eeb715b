"""A small picture of each class, for the pages: drawn, or of a training image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Assignment
from autograder.npz import ANY, array_of, read_npz, write_npz

Pictures = NDArray[np.uint8]
SIDE = 48
_PAPER = 233  # light grey: a white sign stands out on it, in the dark as in the light


def class_pictures(assignment: Assignment) -> Pictures:
    """Return one picture a class, shape (classes, SIDE, SIDE, 3): a drawing where there is one."""
    if assignment.has_drawings:
        from autograder.roadsigns.drawing import clean_signs

        drawn = clean_signs(SIDE)
        return np.stack([_on_paper(drawn[class_id][0]) for class_id in sorted(drawn)])
    return _photographs(assignment)


def _on_paper(drawing: NDArray[np.float32]) -> Pictures:
    """Return a drawing, as `clean_signs` returns it, on paper."""
    shown = 255 * drawing[..., :3] + _PAPER * (1 - drawing[..., 3:])
    return np.asarray(np.clip(np.rint(shown), 0, 255), np.uint8)


def _photographs(assignment: Assignment) -> Pictures:
    import cv2

    train = assignment.dataset.train
    images, labels = np.load(train.images, mmap_mode="r"), np.load(train.labels)
    found = np.full((assignment.dataset.num_classes, SIDE, SIDE, 3), _PAPER, np.uint8)
    for class_id, first in zip(*np.unique(labels, return_index=True), strict=True):
        found[class_id] = cv2.resize(images[first], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return found


def to_npz(pictures: Pictures) -> bytes:
    """Return pictures as the content of ``classes.npz``."""
    return write_npz({"signs": pictures})


def from_npz(content: bytes) -> Pictures:
    """Read what `to_npz` wrote.

    Raises:
        ValueError: It is something else.
    """
    try:
        return array_of(read_npz(content), "signs", np.uint8, ANY, SIDE, SIDE, 3)
    except ValueError as error:
        raise ValueError(f"no pictures of classes: {error}") from error
