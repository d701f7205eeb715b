"""Nothing but its pixels tells a job what a holdout image shows."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import gtsrb
from autograder.data_cache import Arrays, Split, open_splits, verify
from autograder.data_files import DataFile
from autograder.data_sources import Shares, part
from autograder.layouts import Item, Source
from autograder.roadsigns.splits import render_split
from tests.clues import Labels, repeats, surprise

# Standard deviations. The largest of a thousand that are due to chance alone is 3.2 or so; the
# least of the planted leaks is beyond 9.
CHANCE = 6.0
IMAGES = 2000


def rendered(name: Any) -> tuple[Labels, Labels]:
    """Return labels and tracks of a rendered split, without rendering it."""

    def blank(class_id: int, frames: int, size: int, *rest: object) -> NDArray[np.uint8]:
        return np.zeros((frames, size, size, 3), np.uint8)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.roadsigns.simulator.film", blank)
        split = render_split(name, "a secret", IMAGES, 16)
    return split.labels, split.tracks


def photographs(root: Path, count: int, *, test: bool) -> tuple[gtsrb.Photo, ...]:
    """Write files as in the official folders: of tracks by class, or mixed for the test."""
    rng = np.random.default_rng(7)
    photos = []
    for number, mixed in enumerate(rng.integers(0, 43, count)):
        track, frame = (number, 0) if test else divmod(number, 10)
        class_id = int(mixed) if test else track * 430 // count
        folder = "Final_Test/Images" if test else f"Final_Training/Images/{class_id:05d}"
        path = root / folder / (f"{number:05d}.ppm" if test else f"{track:05d}_{frame:05d}.ppm")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rng.bytes(16))
        photos.append(gtsrb.Photo(path, class_id, track))
    return tuple(photos)


def of_photographs(root: Path, *, test: bool) -> tuple[Labels, Labels]:
    """Return labels and tracks of photographs, as read from GTSRB's folders."""
    photos = gtsrb.shuffled(photographs(root, IMAGES, test=test))
    labels = np.array([photo.class_id for photo in photos], np.int32)
    return labels, np.array([photo.track for photo in photos], np.int32)


def of_a_folder() -> tuple[Labels, Labels]:
    """Return labels and tracks of the part that is taken for marks of folders, one a class."""
    items = tuple(
        Item(
            DataFile(PurePosixPath(f"{number % 43}/{number}.png"), "", bytes, ""),
            number % 43,
            track=f"{number // 86}-{number % 43}",
        )
        for number in range(5 * IMAGES)
    )
    source = Source("folders", tuple(map(str, range(43))), items, is_parted=False)
    holdout = part(source, Shares(), "a secret")["holdout"]
    names = sorted({item.track for item in holdout})
    return (
        np.array([item.class_id for item in holdout], np.int32),
        np.array([names.index(item.track) for item in holdout], np.int32),
    )


NAMES = (
    "rendered train", "rendered validation", "rendered holdout",
    "photographs to train on", "photographs to test on", "folders, holdout",
)  # fmt: skip
Orders = dict[str, tuple[Labels, Labels]]


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    root = tmp_path_factory.mktemp("GTSRB")
    found = (
        *map(rendered, ("train", "validation", "holdout")),
        of_photographs(root, test=False), of_photographs(root, test=True), of_a_folder(),
    )  # fmt: skip
    return dict(zip(NAMES, found, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_an_image_s_place_tells_nothing_of_its_label(name: str, orders: Orders) -> None:
    labels, _ = orders[name]
    others = [other for key, (other, _) in orders.items() if key != name]
    assert max(surprise(labels, others).values()) < CHANCE


@pytest.mark.parametrize("name", NAMES)
def test_images_of_one_sign_do_not_lie_in_step(name: str, orders: Orders) -> None:
    _, tracks = orders[name]
    _, numbers = np.unique(tracks, return_inverse=True)
    assert repeats(numbers.astype(np.int32)) < CHANCE


def by_class(labels: Labels) -> Labels:
    return np.sort(labels)


def by_class_in_turns(labels: Labels) -> Labels:
    return np.arange(len(labels), dtype=np.int32) % 43


def by_track(labels: Labels) -> Labels:
    return np.repeat(np.random.default_rng(3).integers(0, 43, len(labels) // 2), 2).astype(np.int32)


def as_in_training(labels: Labels) -> Labels:
    training, _ = rendered("train")
    return np.where(np.arange(len(labels)) % 4 == 0, training, labels).astype(np.int32)


def halves(labels: Labels) -> Labels:
    """Prohibitory signs come first, in random order."""
    rng = np.random.default_rng(4)
    low, high = labels[labels < 20], labels[labels >= 20]
    return np.concatenate([rng.permutation(low), rng.permutation(high)])


def odd_and_even(labels: Labels) -> Labels:
    """Odd classes have odd places."""
    order = np.argsort(labels % 2, kind="stable")
    placed = np.empty_like(labels)
    even = int((labels % 2 == 0).sum())
    places = np.concatenate([np.arange(0, len(labels), 2), np.arange(1, len(labels), 2)])
    placed[places[:even]], placed[places[even:]] = labels[order[:even]], labels[order[even:]]
    return placed


@pytest.mark.parametrize(
    "leak", [by_class, by_class_in_turns, by_track, as_in_training, halves, odd_and_even]
)
def test_a_planted_leak_is_found(leak: Any, orders: Orders) -> None:
    labels, _ = orders["rendered holdout"]
    training, _ = orders["rendered train"]
    assert max(surprise(leak(labels), [training]).values()) > 8


def test_frames_that_lie_side_by_side_are_found() -> None:
    assert repeats(np.repeat(np.arange(700, dtype=np.int32), 2)) > 8


def test_photographs_stay_where_they_are_whatever_their_labels(tmp_path: Path) -> None:
    """Else whoever knows the files could try all labels of each, and see which fit the order."""
    photos = photographs(tmp_path, 300, test=True)
    other = [gtsrb.Photo(p.path, (p.class_id + 1) % 43, p.track) for p in photos]
    order = [photo.path for photo in gtsrb.shuffled(photos)]
    assert order == [photo.path for photo in gtsrb.shuffled(other)]
    assert order != [photo.path for photo in photos]


def sealed(folder: Path, labels: Labels) -> Split:
    images = np.random.default_rng(5).integers(0, 256, (len(labels), 16, 16, 3), np.uint8)
    arrays = Arrays(images, labels, np.arange(len(labels), dtype=np.int32))
    return open_splits(folder, ("holdout",), lambda: {"holdout": arrays}, sealed=True)["holdout"]


def seen(split: Split) -> dict[str, Any]:
    """Return all that can be learned of a holdout's folder from outside of its sealed part."""
    folder = split.images.parent
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        status = path.stat()
        name = str(path.relative_to(folder))
        found[name] = (stat.filemode(status.st_mode), status.st_nlink, status.st_blocks)
        if path.is_file():
            found[f"{name} size"] = status.st_size
        if path.is_file() and path.parent == folder:
            found[f"{name} content"] = path.read_bytes()
    return found


def test_other_labels_look_the_same_from_outside(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    one, other = (seen(sealed(tmp_path / name, rng.integers(0, 43, 90, np.int32))) for name in "ab")
    manifests = [json.loads(each.pop("manifest.json content")) for each in (one, other)]
    assert one == other
    sums = [manifest["holdout"].pop("sha256") for manifest in manifests]
    assert manifests[0] == manifests[1]
    assert sums[0] != sums[1]


def test_a_checksum_confirms_no_quick_guess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one thing in sight that hangs on labels takes a slow function to compute."""
    labels = np.arange(90, dtype=np.int32) % 43
    split = sealed(tmp_path / "a", labels)
    arrays: list[NDArray[Any]] = [
        np.load(path) for path in (split.images, split.labels, split.tracks)
    ]
    plain = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
    assert split.sha256 != plain
    costs: list[int] = []
    slow = hashlib.scrypt

    def counted(answers: bytes, **how: Any) -> bytes:
        costs.append(how["n"] * how["r"] * how["p"])
        return slow(answers, **how)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    assert verify(split)
    assert costs == [1 << 18]


def test_public_splits_have_plain_checksums(tmp_path: Path) -> None:
    arrays = Arrays(
        np.zeros((9, 16, 16, 3), np.uint8), np.arange(9, dtype=np.int32), np.zeros(9, np.int32)
    )
    split = open_splits(tmp_path / "a", ("train",), lambda: {"train": arrays}, sealed=False)
    whole = b"".join(each.tobytes() for each in (arrays.images, arrays.labels, arrays.tracks))
    assert split["train"].sha256 == hashlib.sha256(whole).hexdigest()
