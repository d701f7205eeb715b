"""What `data info` finds: how classes share the images, and images that are in two places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.data_cache import Arrays, Split, open_splits
from autograder.data_summary import (
    Contents,
    Image,
    NearDuplicates,
    Twins,
    contents,
    find_near_duplicates,
)

Images = NDArray[np.uint8]


def pictures(count: int, seed: int) -> Images:
    """Return pictures that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return np.kron(
        rng.integers(0, 256, (count, 8, 8, 3), np.uint8), np.ones((1, 2, 2, 1), np.uint8)
    )


@pytest.fixture
def arrays() -> dict[str, Arrays]:
    """Three splits of two classes by turns, six tracks of two frames each."""
    return {
        name: Arrays(
            pictures(12, seed),
            np.arange(12, dtype=np.int32) % 2,
            np.arange(12, dtype=np.int32) // 2,
        )
        for seed, name in enumerate(("train", "validation", "holdout"))
    }


def written(folder: Path, arrays: dict[str, Arrays]) -> dict[str, Split]:
    return open_splits(folder, tuple(arrays), lambda: arrays, sealed=False)


def search(folder: Path, arrays: dict[str, Arrays]) -> NearDuplicates:
    return find_near_duplicates(written(folder / "a", arrays))


def test_contents_are_counted(tmp_path: Path, arrays: dict[str, Arrays]) -> None:
    split = written(tmp_path / "a", arrays)["train"]
    assert contents(split, 3) == Contents(images=12, tracks=6, per_class=(6, 6, 0))


def test_clean_data_has_no_near_duplicates(tmp_path: Path, arrays: dict[str, Arrays]) -> None:
    found = search(tmp_path, arrays)
    assert [*found.across] == [
        ("train", "validation"), ("train", "holdout"), ("validation", "holdout"),
    ]  # fmt: skip
    assert all(pairs.pairs == 0 for pairs in found.across.values())
    assert found.contradictory.pairs == 0


def test_a_picture_in_two_splits_is_found(tmp_path: Path, arrays: dict[str, Arrays]) -> None:
    train, holdout = arrays["train"].images, arrays["holdout"].images
    holdout[4] = holdout[6] = train[2]
    holdout[4, 0, 0] ^= 8
    found = search(tmp_path, arrays)
    pairs = found.across["train", "holdout"]
    assert (pairs.pairs, pairs.images) == (2, 2)
    first, second = pairs.worst
    assert first == Twins(Image("train", 2, 0), Image("holdout", 6, 0), 0.0)
    assert (second.first, second.second) == (Image("train", 2, 0), Image("holdout", 4, 0))
    assert 0 < second.difference < 0.01
    assert found.across["train", "validation"].pairs == 0
    assert found.contradictory.pairs == 0


def test_a_picture_with_two_labels_is_found(tmp_path: Path, arrays: dict[str, Arrays]) -> None:
    train, validation = arrays["train"].images, arrays["validation"].images
    train[5] = train[8]
    validation[3] = train[8]
    found = search(tmp_path, arrays)
    assert found.contradictory.pairs == 2
    assert {(one.first.index, one.second.index) for one in found.contradictory.worst} == {
        (5, 8), (8, 3),
    }  # fmt: skip
    assert found.across["train", "validation"].pairs == 2
    assert found.across["train", "validation"].images == 1


def test_frames_of_one_sign_in_one_split_do_no_harm(
    tmp_path: Path, arrays: dict[str, Arrays]
) -> None:
    arrays["train"].images[2] = arrays["train"].images[4]
    found = search(tmp_path, arrays)
    assert not any(pairs.pairs for pairs in (*found.across.values(), found.contradictory))


def test_only_the_worst_are_shown(tmp_path: Path, arrays: dict[str, Arrays]) -> None:
    arrays["holdout"].images[:] = arrays["train"].images
    arrays["holdout"].images[:9] ^= 4
    pairs = search(tmp_path, arrays).across["train", "holdout"]
    assert (pairs.pairs, pairs.images) == (12, 12)
    assert [one.second.index for one in pairs.worst] == [9, 10, 11]
