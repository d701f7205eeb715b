"""Parting a source: whole tracks, every class, orders that tell nothing, the secret alone."""

from __future__ import annotations

import itertools
from pathlib import PurePosixPath

import cv2
import numpy as np
import pytest

from autograder.data_files import DataFile, UnreadableError
from autograder.data_sources import (
    Shares,
    digest,
    load,
    part,
    refuse_problems,
    with_lookalikes,
)
from autograder.errors import DatasetError
from autograder.layouts import Item, Source

SHARES = Shares(validation=0.25, holdout=0.25)


def item(class_id: int, track: int, frame: int, value: int = 0) -> Item:
    def read() -> bytes:
        if value < 0:
            raise UnreadableError("cannot be read")
        done, data = cv2.imencode(".png", np.full((8, 8, 3), value, np.uint8))
        assert done
        return bytes(data)

    name = f"{class_id}/{track}_{frame}.png"
    return Item(DataFile(PurePosixPath(name), name, read, "7 7"), class_id, f"{class_id}/{track}")


def source(*, tracks: int = 8, is_parted: bool = False, has_tracks: bool = True) -> Source:
    items = tuple(item(c, t, f) for c in range(3) for t in range(tracks) for f in range(3))
    return Source("x", ("a", "b", "c"), items, is_parted=is_parted, has_tracks=has_tracks)


def tracks_of(items: tuple[Item, ...]) -> set[str]:
    return {one.track for one in items}


def test_tracks_stay_whole_and_every_class_is_everywhere() -> None:
    splits = part(source(), SHARES, "secret")
    sets = [tracks_of(splits[name]) for name in ("train", "validation", "holdout")]
    assert [len(some) for some in sets] == [12, 6, 6]  # a quarter of 8 is 2; a quarter of 6 is 2
    assert not sets[0] & sets[1] | sets[0] & sets[2] | sets[1] & sets[2]
    assert sum(map(len, splits.values())) == 72
    for items in splits.values():
        assert {one.class_id for one in items} == {0, 1, 2}


def test_the_secret_decides_what_is_held_out() -> None:
    one, other = (part(source(), SHARES, secret) for secret in ("one", "other"))
    assert tracks_of(one["holdout"]) != tracks_of(other["holdout"])
    same = source()
    assert part(same, SHARES, "one") == part(same, SHARES, "one")


def test_who_was_given_a_holdout_only_gets_another_order() -> None:
    given = source(is_parted=True)
    given = Source("x", given.class_names, given.training[:36], holdout=given.training[36:])
    one, other = (part(given, SHARES, secret) for secret in ("one", "other"))
    assert one["train"] == other["train"]
    assert one["validation"] == other["validation"]
    assert one["holdout"] != other["holdout"]
    assert set(one["holdout"]) == set(given.holdout)


def test_the_order_tells_nothing_of_the_class() -> None:
    labels = [one.class_id for one in part(source(), SHARES, "s")["train"]]
    assert sum(a != b for a, b in itertools.pairwise(labels)) > 10


def test_too_few_images_to_part_are_an_error_and_a_single_track_only_trains() -> None:
    with pytest.raises(DatasetError, match="class a: too few images"):
        part(source(tracks=1, has_tracks=False), SHARES, "s")
    splits = part(source(tracks=1, is_parted=True), SHARES, "s")
    assert (len(splits["train"]), len(splits["validation"])) == (9, 0)


def test_images_that_cannot_be_read_are_left_out_and_named() -> None:
    items = (item(0, 1, 1, 50), item(1, 2, 1, -1), item(2, 3, 1, 90))
    told: list[tuple[int, int, str]] = []
    splits = {"train": items, "validation": (), "holdout": ()}
    arrays, problems = load(splits, ("train",), 16, lambda *args: told.append(args))
    assert problems == ["1/2_1.png: cannot be read"]
    assert arrays["train"].images.shape == (2, 16, 16, 3)
    assert arrays["train"].images[:, 3, 3, 0].tolist() == [50, 90]
    assert arrays["train"].labels.tolist() == [0, 2]
    assert told[-1] == (3, 3, "reading images")


def test_track_numbers_do_not_hang_on_the_holdout() -> None:
    splits = part(source(), SHARES, "s")
    without = {**splits, "holdout": ()}
    numbers = [load(some, ("train",), 16)[0]["train"].tracks for some in (splits, without)]
    assert (numbers[0] == numbers[1]).all()
    holdout = load(splits, ("holdout",), 16)[0]["holdout"].tracks
    assert not set(holdout) & set(numbers[0])


def test_a_long_list_of_problems_is_cut() -> None:
    with pytest.raises(DatasetError, match=r"and 5 more$"):
        refuse_problems([f"file {number}" for number in range(25)], "here")
    refuse_problems([], "here")


def test_the_digest_follows_names_and_stamps() -> None:
    files = [item(0, 1, 1).file, item(0, 1, 2).file]
    assert digest(files) == digest(list(files))
    assert digest(files) != digest(files[:1])


def picture(track: int, pixels: np.ndarray) -> Item:
    done, data = cv2.imencode(".png", pixels)
    assert done
    name = f"{track}.png"
    file = DataFile(PurePosixPath(name), name, lambda: bytes(data), "")
    return Item(file, track % 2, f"training/{name}")


def test_near_duplicates_are_never_parted() -> None:
    random = np.random.default_rng(5)
    things = [cv2.resize(random.integers(0, 256, (4, 4, 3), np.uint8), (40, 40)) for _ in range(8)]
    copies = [np.clip(thing * 0.9 + 3, 0, 255).astype(np.uint8) for thing in things]
    items = tuple(picture(number, pixels) for number, pixels in enumerate([*things, *copies]))
    told = Source("x", ("a", "b"), items, is_parted=False, has_tracks=False)
    for secret in ("one", "two", "three"):
        splits = part(with_lookalikes(told, 32), SHARES, secret)
        sides = {one.file.shown: name for name, items in splits.items() for one in items}
        assert len(sides) == 16
        assert all(sides[f"{number}.png"] == sides[f"{number + 8}.png"] for number in range(8))


def test_who_told_the_tracks_is_believed() -> None:
    told = source(has_tracks=True)
    assert with_lookalikes(told, 32) is told
