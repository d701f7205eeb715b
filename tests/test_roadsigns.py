"""The rendered road signs: drawings, tracks, splits, and the same bits everywhere."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from itertools import combinations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.roadsigns.classes import CLASSES, SignClass
from autograder.roadsigns.conditions import COURSE, ConditionsName
from autograder.roadsigns.drawing import (
    AS_DRAWN,
    BLACK,
    BLUE,
    GREEN,
    GREY,
    RED,
    SIGNS,
    WHITE,
    YELLOW,
    designs,
    draw,
    draw_variant,
)  # fmt: skip
from autograder.roadsigns.splits import Name, plan, render_split

# The same on every x86-64 CPU with AVX2. If the simulator was changed on purpose, raise
# DATA_VERSION in datasets.py and write the new sums here.
CHECKSUMS: dict[tuple[ConditionsName, Name], str] = {
    ("course", "train"): "cd20287cc2158bea563f58846b0ca775bcdbb584ee19381e8938bec35ff35d10",
    ("course", "validation"): "5cb4f0562eb0ed7523a666dacba2b98eb8e79cf94872502e88e34e1d6660da28",
    ("course", "holdout"): "738e3954dcae7c981587f62ed58aa4fc67a09500d0073ae3342d360774d587bb",
    ("road", "train"): "89f7d56de47cee919d483dfb2b5401b9c20a627acb8e52abbb330740b96583b4",
    ("road", "validation"): "4f45344889da35d9123a79c109cc2a368d0be760b7c1258d87ca203267dcc955",
    ("road", "holdout"): "62e335e5bdf91d7210deb870e6af814ec9bf603f0a7f08a9cf7f51154f34d190",
}
COUNTS: dict[Name, int] = {"train": 4000, "validation": 1000, "holdout": 3000}
SVG = "{http://www.w3.org/2000/svg}"


def checksum(conditions: ConditionsName, name: Name) -> str:
    split = render_split(name, "checksum", 86, 32, conditions=conditions)
    digest = hashlib.sha256()
    for array in (split.images, split.labels, split.tracks):
        digest.update(array.tobytes())
    return digest.hexdigest()


def on_grey(rgba: NDArray[np.uint8]) -> NDArray[np.float64]:
    alpha = rgba[..., 3:] / 255
    return np.asarray(rgba[..., :3] * alpha + 128 * (1 - alpha))


@pytest.mark.parametrize(("conditions", "name"), list(CHECKSUMS))
def test_every_machine_renders_the_same_bits(conditions: ConditionsName, name: Name) -> None:
    assert checksum(conditions, name) == CHECKSUMS[conditions, name]


def test_classes_are_numbered_and_named() -> None:
    assert [sign.id for sign in CLASSES] == list(range(43))
    for field in ("slug", "name", "german"):
        assert len({getattr(sign, field) for sign in CLASSES}) == 43
    assert sum(sign.gtsrb_images for sign in CLASSES) == 39209


def test_every_drawing_belongs_to_a_class() -> None:
    used = [path for sign in CLASSES for path in designs(sign.id)]
    assert sorted(used) == sorted(SIGNS.glob("*.svg"))


@pytest.mark.parametrize("sign", CLASSES, ids=lambda sign: sign.slug)
def test_a_drawing_is_a_clean_svg(sign: SignClass) -> None:
    for path in designs(sign.id):
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        assert root.tag == f"{SVG}svg"
        assert root.get("viewBox") == "0 0 100 100"
        assert root.findtext(f"{SVG}title")
        assert any(part.get("id") == "field" for part in root.iter())
        assert not {"text", "image", "style"} & {part.tag.removeprefix(SVG) for part in root.iter()}


def test_drawings_use_the_palette() -> None:
    for path in SIGNS.glob("*.svg"):
        colours = set(re.findall(r"#[0-9a-f]{6}", path.read_text(encoding="utf-8")))
        assert colours <= {RED, BLUE, YELLOW, GREEN, WHITE, BLACK, GREY}, path.name


def test_all_signs_look_different() -> None:
    pictures = [on_grey(draw(designs(id_)[0], AS_DRAWN, 48)) for id_ in range(43)]
    for one, other in combinations(range(43), 2):
        difference = np.abs(pictures[one] - pictures[other]).mean()
        assert difference > 3, (CLASSES[one].slug, CLASSES[other].slug)


@pytest.mark.parametrize(
    ("class_id", "place", "colour"),
    [
        (1, (0.08, 0.5), RED), (1, (0.2, 0.5), WHITE), (14, (0.1, 0.5), RED),
        (17, (0.5, 0.5), WHITE), (12, (0.5, 0.5), YELLOW), (35, (0.2, 0.5), BLUE),
        (13, (0.5, 0.3), WHITE), (18, (0.5, 0.5), BLACK),
    ],
)  # fmt: skip
def test_colours_are_where_a_driver_expects_them(
    class_id: int, place: tuple[float, float], colour: str
) -> None:
    picture = draw(designs(class_id)[0], AS_DRAWN, 100)
    across, down = (round(100 * share) for share in place)
    assert bytes(picture[down, across]).hex() == colour[1:] + "ff"


def test_mirrored_signs_mirror_each_other() -> None:
    for one, other in ((19, 20), (33, 34), (36, 37), (38, 39)):
        for left, right in zip(designs(one), designs(other), strict=True):
            picture = on_grey(draw(left, AS_DRAWN, 64))
            mirrored = on_grey(draw(right, AS_DRAWN, 64))[:, ::-1]
            assert np.abs(picture - mirrored).mean() < 1


def test_makers_differ() -> None:
    rng = np.random.default_rng(1)
    variants = [draw_variant(rng, COURSE.manufacture) for _ in range(10)]
    pictures = [on_grey(draw(designs(1)[0], variant, 48)) for variant in variants]
    for one, other in combinations(pictures, 2):
        assert np.abs(one - other).mean() > 2


@pytest.mark.parametrize("image_size", [16, 48, 100])
def test_any_image_size_can_be_rendered(image_size: int) -> None:
    split = render_split("holdout", "x", 43, image_size)
    assert split.images.shape == (43, image_size, image_size, 3)
    assert split.images.std() > 20


def test_images_are_neither_black_nor_white() -> None:
    split = render_split("validation", "x", 215, 32)
    contrast = split.images.reshape(len(split.images), -1).std(1)
    assert (contrast > 5).mean() > 0.97


def test_training_is_imbalanced_as_gtsrb_is() -> None:
    counts = np.zeros(43, int)
    for track in plan("train", 4000):
        counts[track.class_id] += track.frames
    assert counts.sum() == 4000
    expected = np.array([sign.gtsrb_images for sign in CLASSES]) * 4000 / 39209
    assert np.abs(counts - expected).max() <= 5
    assert counts.min() >= 20


@pytest.mark.parametrize(("name", "images"), [("validation", 1000), ("holdout", 3000)])
def test_the_other_splits_are_balanced(name: Name, images: int) -> None:
    counts = np.zeros(43, int)
    for track in plan(name, images):
        counts[track.class_id] += track.frames
    assert counts.sum() == images
    assert counts.max() - counts.min() <= 1


def test_every_class_has_several_tracks() -> None:
    for name, images in COUNTS.items():
        tracks = [track.class_id for track in plan(name, images)]
        assert np.bincount(tracks, minlength=43).min() >= 5


def test_no_track_is_in_two_splits() -> None:
    numbers = [{track.number for track in plan(name, images)} for name, images in COUNTS.items()]
    assert not any(one & other for one, other in combinations(numbers, 2))
    one, other = render_split("train", "same", 43, 32), render_split("holdout", "same", 43, 32)
    assert not {bytes(image) for image in one.images} & {bytes(image) for image in other.images}


def test_another_seed_gives_other_images_in_another_order() -> None:
    one, other = render_split("holdout", "one", 86, 32), render_split("holdout", "two", 86, 32)
    assert not {bytes(image) for image in one.images} & {bytes(image) for image in other.images}
    assert (one.labels != other.labels).any()


def test_the_order_tells_nothing() -> None:
    split = render_split("holdout", "x", 430, 16)
    assert abs(np.corrcoef(np.arange(430), split.labels)[0, 1]) < 0.15
    neighbours = (np.diff(split.tracks) == 0).mean()
    assert neighbours < 0.03  # in order of tracks it would be about 3 in 4


def test_labels_belong_to_their_tracks() -> None:
    split = render_split("train", "x", 430, 16)
    class_of = {track.number: track.class_id for track in plan("train", 430)}
    assert [class_of[number] for number in split.tracks.tolist()] == split.labels.tolist()


def test_progress_ends_at_the_total() -> None:
    told: list[tuple[int, int, str]] = []
    render_split("validation", "x", 43, 16, progress=lambda *args: told.append(args))
    assert told[-1] == (43, 43, "rendering validation")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_rendering_leaves_the_threads_of_opencv_alone() -> None:
    before = cv2.getNumThreads()
    render_split("validation", "x", 43, 16)
    assert cv2.getNumThreads() == before
