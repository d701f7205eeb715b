"""What is made of the files of a look; test_looking.py has the jobs that leave them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from autograder.evidence import Evidence
from autograder.looks import LeftLooks, look_files, looks_of
from autograder.worker.looking import choose, occlusions

SIZE, CLASSES, PLACES = 6, 3, 2
LABELS = np.array([0, 1, 1, 2], np.int32)
IMAGES = np.arange(4 * SIZE * SIZE * 3, dtype=np.uint8).reshape(4, SIZE, SIZE, 3)
# Logits: images 0 and 1 are read rightly.
OUTPUTS = np.array([[5, 0, 0], [0, 5, 0], [5, 0, 0], [0, 5, 0]], np.float32)
OCCLUDED = np.array([[5, 0, 0], [0, 0, 0], [0, 9, 0], [9, 0, 0]], np.float32)


def fact(index: int, **changes: Any) -> dict[str, Any]:
    layer = {"name": "conv", "kind": "Conv2D", "shape": [6, 6, 9], "shown": [8, 3, 3]}
    return {"index": index, "layers": [layer | changes], "places": PLACES}


def left(*facts: dict[str, Any], maps: float = 0.5) -> LeftLooks:
    one = [*[maps] * (8 * 3 * 3), *OCCLUDED.ravel()]
    numbers = np.array(one * len(facts), "<f4").tobytes()
    return LeftLooks(json.dumps(facts).encode(), numbers)


def test_what_was_shown_and_what_it_was_taken_for_are_the_graders_own() -> None:
    right, misread = looks_of(left(fact(2), fact(1)), OUTPUTS, IMAGES, LABELS)
    assert right is not None
    assert misread is not None
    assert (right.class_id, right.read_as) == (1, 1)
    assert (misread.class_id, misread.read_as) == (1, 0)
    assert (right.image == IMAGES[1]).all()
    assert (misread.image == IMAGES[2]).all()


def test_of_two_that_are_read_rightly_the_first_is_shown() -> None:
    right, misread = looks_of(left(fact(1), fact(0)), OUTPUTS, IMAGES, LABELS)
    assert right is not None
    assert right.class_id == 1
    assert misread is None


def test_logits_become_probabilities_and_occlusion_what_is_lost_of_one() -> None:
    right, _ = looks_of(left(fact(0)), OUTPUTS, IMAGES, LABELS)
    assert right is not None
    certain = np.exp(5) / (np.exp(5) + 2)
    assert right.scores.tolist() == pytest.approx([certain, (1 - certain) / 2, (1 - certain) / 2])
    expected = [[0, certain - 1 / 3], [certain - 1 / (2 + np.exp(9)), certain - 1]]
    assert right.occlusion == pytest.approx(np.array(expected), abs=1e-3)


def test_maps_are_as_precise_as_they_are_kept() -> None:
    right, _ = looks_of(left(fact(0), maps=0.1), OUTPUTS, IMAGES, LABELS)
    assert right is not None
    kept = Evidence.from_npz(Evidence(right=right).to_npz()).right
    assert kept is not None
    assert (kept.layers[0].maps == right.layers[0].maps).all()
    assert right.layers[0].maps == pytest.approx(0.1, rel=1e-3)


def test_probabilities_are_left_as_they_are() -> None:
    outputs = np.array([[0.7, 0.3, 0]] * 4, np.float32)
    right, _ = looks_of(left(fact(0)), outputs, IMAGES, LABELS)
    assert right is not None
    assert right.scores.tolist() == pytest.approx([0.7, 0.3, 0])


def test_maps_keep_their_values_where_these_are_numbers() -> None:
    for value, kept in ((0.5, 0.5), (np.nan, 0), (np.inf, 65504), (-1e9, -65504)):
        right, _ = looks_of(left(fact(0), maps=value), OUTPUTS, IMAGES, LABELS)
        assert right is not None
        (layer,) = right.layers
        assert (layer.layer, layer.kind, layer.shape) == ("conv", "Conv2D", (6, 6, 9))
        assert layer.maps.shape == (8, 3, 3)
        assert (layer.maps == kept).all()


def test_names_are_cleaned() -> None:
    right, _ = looks_of(left(fact(0, name="a\x1b[2J\u202eb" * 20)), OUTPUTS, IMAGES, LABELS)
    assert right is not None
    assert right.layers[0].layer.isprintable()
    assert len(right.layers[0].layer) < 100


@pytest.mark.parametrize(
    "files",
    [
        LeftLooks(),
        LeftLooks(b"[", b""),
        LeftLooks(b"[]", b"1234"),
        LeftLooks(left(fact(0)).facts, left(fact(0)).numbers[4:]),
        LeftLooks(left(fact(0)).facts, left(fact(0)).numbers + b"0000"),
        left(fact(4)),
        left(fact(-1)),
        left(fact(0), fact(1), fact(2)),
        left(fact(0, shown=[9, 3, 3])),
        left(fact(0, shown=[8, 9])),
        left(fact(0, name=["conv"])),
        left(fact(0) | {"places": 10**9}),
        left(fact(0) | {"score": 100}),
        left(fact(0) | {"layers": fact(0)["layers"] * 15}),
    ],
)
def test_what_is_not_as_our_worker_writes_it_is_nothing(files: LeftLooks) -> None:
    assert looks_of(files, OUTPUTS, IMAGES, LABELS) == (None, None)


def test_no_more_is_read_than_the_largest_look() -> None:
    assert sum(file.max_bytes for file in look_files(43)) < 5 << 20


def test_the_mistake_is_the_surest_and_the_hit_a_usual_one_of_the_same_class() -> None:
    outputs = np.array([[9, 0], [3, 0], [0, 1], [0, 5], [0, 7], [4, 3], [8, 0]], np.float32)
    labels = np.array([0, 1, 1, 1, 1, 0, 1])
    assert choose(outputs, labels) == [3, 6]


def test_the_hit_is_any_where_none_of_that_class_is_read() -> None:
    outputs = np.array([[9, 0], [3, 0]], np.float32)
    assert choose(outputs, np.array([0, 1])) == [0, 1]


def test_without_mistakes_or_hits_there_is_one_to_look_at() -> None:
    outputs = np.array([[9, 0], [12, 0]], np.float32)
    assert choose(outputs, np.array([0, 0])) == [1]
    assert choose(outputs, np.array([1, 1])) == [1]


@pytest.mark.parametrize("size", [16, 48, 224])
def test_the_grey_square_covers_every_part_of_the_image_in_turn(size: int) -> None:
    image = np.zeros((size, size, 3), np.uint8)
    hidden = occlusions(image)
    assert hidden.shape == (121, size, size, 3)
    assert (hidden.max(axis=0) == 128).all()
    shares = (hidden[..., 0] > 0).mean(axis=(1, 2)).reshape(11, 11)
    assert shares[5, 5] == pytest.approx(0.09, abs=0.01)
    assert 0 < shares[0, 0] < shares[0, 5] < shares[5, 5]
    assert (image == 0).all()
