"""A picture of each class, for the pages."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest

from autograder.class_pictures import SIDE, class_pictures, from_npz, to_npz
from autograder.roadsigns.classes import CLASSES as SIGNS
from tests.conftest import CLASSES, TinyData
from tests.fakes import fake_grader


def test_classes_that_are_road_signs_are_drawn(tiny_data: TinyData) -> None:
    assignment = fake_grader(tiny_data)[0].assignment
    names = tuple(sign.name for sign in SIGNS)
    dataset = dataclasses.replace(assignment.dataset, class_names=names)
    pictures = class_pictures(dataclasses.replace(assignment, dataset=dataset))
    assert pictures.shape == (43, SIDE, SIDE, 3)
    corner, middle_of_no_entry = pictures[17, 0, 0], pictures[17, SIDE // 2, SIDE // 2]
    assert np.ptp(corner) == 0  # paper
    assert middle_of_no_entry.min() > 200  # its white bar
    red = pictures[17, SIDE // 5, SIDE // 2].astype(int)
    assert red[0] > red[1] + 60


def test_other_classes_show_a_training_image(tiny_data: TinyData) -> None:
    assignment = fake_grader(tiny_data)[0].assignment
    pictures = class_pictures(assignment)
    assert pictures.shape == (CLASSES, SIDE, SIDE, 3)
    images = np.load(assignment.dataset.train.images)
    labels = np.load(assignment.dataset.train.labels)
    for class_id in range(CLASSES):
        means = images[labels == class_id].mean(axis=(1, 2))
        shown = pictures[class_id].mean(axis=(0, 1))
        assert np.abs(means - shown).max(axis=1).min() < 2


def test_pictures_read_back_as_written() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)
    assert np.array_equal(from_npz(to_npz(pictures)), pictures)


def other_shape() -> bytes:
    file = io.BytesIO()
    np.savez(file, signs=np.zeros((2, 5, 5, 3), np.uint8))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\3\4", other_shape()])
def test_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no pictures of classes"):
        from_npz(content)
