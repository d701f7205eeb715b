"""Near-duplicates: found whatever was done to them, and never confused with signs of one class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import gtsrb
from autograder.near_duplicates import Pairs, fingerprints, group, join, near_duplicates
from autograder.roadsigns.splits import RenderedSplit, render_split

SAMPLE = Path(__file__).parent.parent.parent / "shared" / "gtsrb-sample"
Images = NDArray[np.uint8]


@pytest.fixture(scope="module")
def rendered() -> RenderedSplit:
    return render_split("train", "near-duplicates", 430, 32)


def search(images: Images) -> Pairs:
    portions = [*near_duplicates(fingerprints(images))]
    return Pairs(
        np.concatenate([np.empty(0, np.int64), *(portion.first for portion in portions)]),
        np.concatenate([np.empty(0, np.int64), *(portion.second for portion in portions)]),
        np.concatenate([np.empty(0), *(portion.difference for portion in portions)]),
    )


def share_found(images: Images, copies: Images) -> float:
    pairs = search(np.concatenate([images, copies]))
    return float((pairs.second - pairs.first == len(images)).sum() / len(images))


def brighter(images: Images) -> Images:
    return np.minimum(images.astype(np.int64) * 7 // 5, 255).astype(np.uint8)


def noisy(images: Images) -> Images:
    noise = np.random.default_rng(1).normal(0, 5, images.shape)
    return np.clip(images + noise, 0, 255).astype(np.uint8)


def smaller(images: Images) -> Images:
    there = [cv2.resize(image, (24, 24), interpolation=cv2.INTER_AREA) for image in images]
    return np.stack([cv2.resize(image, (32, 32)) for image in there])


def compressed(images: Images) -> Images:
    files = [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1] for image in images]
    return np.stack([np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8) for file in files])


@pytest.mark.parametrize("change", [brighter, noisy, smaller, compressed])
def test_changed_copies_are_found(
    rendered: RenderedSplit, change: Callable[[Images], Images]
) -> None:
    images = rendered.images[:300]
    assert share_found(images, change(images)) > 0.85


def test_rendered_signs_of_one_class_are_no_near_duplicates(rendered: RenderedSplit) -> None:
    other = render_split("holdout", "near-duplicates", 430, 32)
    pairs = search(np.concatenate([rendered.images, other.images]))
    tracks = np.concatenate([rendered.tracks, other.tracks])
    assert (tracks[pairs.first] == tracks[pairs.second]).all()


def test_photographs_of_one_sign_are_found_and_of_others_not() -> None:
    if not SAMPLE.is_dir():
        pytest.skip(f"the sample of GTSRB is not at {SAMPLE}")
    photos = gtsrb.training_photos(SAMPLE)
    images = gtsrb.load_images(photos, 32)
    tracks = np.array([photo.track for photo in photos])
    pairs = search(images)
    assert (tracks[pairs.first] == tracks[pairs.second]).all()
    # The sample has every fourth frame of a track: those lie well apart.
    assert len(pairs.first) > 20


@pytest.mark.parametrize("size", [16, 17, 50, 224])
def test_any_size_will_do(rendered: RenderedSplit, size: int) -> None:
    images = np.stack([cv2.resize(image, (size, size)) for image in rendered.images[:40]])
    mirrored = np.ascontiguousarray(images[:, :, ::-1])
    assert share_found(images, images) == 1
    assert share_found(images, mirrored) < 0.2


def test_many_are_compared_as_few_are(
    rendered: RenderedSplit, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = np.concatenate([rendered.images, rendered.images[:50]])
    whole = search(images)
    monkeypatch.setattr("autograder.near_duplicates._CHUNK_PAIRS", 3000)
    monkeypatch.setattr("autograder.near_duplicates._CHUNK_BYTES", 100_000)
    parts = search(images)
    assert len(whole.first) >= 50
    assert (whole.second > whole.first).all()
    assert (parts.first == whole.first).all()
    assert (parts.second == whole.second).all()
    assert (parts.difference == whole.difference).all()


def test_the_most_alike_differ_least(rendered: RenderedSplit) -> None:
    images = rendered.images[:1]
    pairs = search(np.concatenate([images, images, noisy(images)]))
    same, *changed = pairs.difference[np.lexsort((pairs.second, pairs.first))]
    assert same == 0
    assert all(difference > 0 for difference in changed)


def test_pictures_of_nothing_are_near_duplicates_only_if_equal() -> None:
    grey = np.full((3, 32, 32, 3), 90, np.uint8)
    grey[2] = 91
    pairs = search(grey)
    assert [(*pair,) for pair in zip(pairs.first, pairs.second, strict=True)] == [(0, 1)]


def test_nothing_has_no_near_duplicates() -> None:
    assert len(search(np.empty((0, 32, 32, 3), np.uint8)).first) == 0
    assert group(np.empty((0, 32, 32, 3), np.uint8)).shape == (0,)


def test_the_search_says_how_far_it_is(rendered: RenderedSplit) -> None:
    told: list[tuple[int, int, str]] = []
    prints = fingerprints(rendered.images[:30])
    assert not [*near_duplicates(prints, lambda *args: told.append(args))]
    assert told[-1][:2] == (30, 30)


def test_prints_can_be_joined(rendered: RenderedSplit) -> None:
    parts = [fingerprints(rendered.images[:10]), fingerprints(rendered.images[10:30])]
    joined, whole = join(parts), fingerprints(rendered.images[:30])
    assert (joined.hashes == whole.hashes).all()
    assert (joined.thumbnails == whole.thumbnails).all()


def test_a_fingerprint_is_the_same_everywhere() -> None:
    row = np.arange(32 * 32 * 3, dtype=np.int64)
    image = ((row * row * 7 + row // 96 * 31) % 251).astype(np.uint8).reshape(1, 32, 32, 3)
    prints = fingerprints(image)
    assert [hex(word) for word in prints.hashes[0]] == ["0x9393ae51745ec85c", "0xe313ac0be4748a5a"]
    assert int(prints.thumbnails.sum()) == 95624


def test_a_group_is_all_that_hangs_together(rendered: RenderedSplit) -> None:
    """One picture and its copies, also where only the copies of copies are alike."""
    signs = rendered.images[[0, 5, 9]]
    images = np.concatenate([signs, noisy(signs)[::-1], brighter(noisy(signs))])
    assert group(images).tolist() == [0, 1, 2, 2, 1, 0, 0, 1, 2]


def test_groups_stay_within_tracks(rendered: RenderedSplit) -> None:
    groups = group(rendered.images)
    for number in np.unique(groups):
        assert len(np.unique(rendered.tracks[groups == number])) == 1
    assert len(np.unique(groups)) < len(groups)
