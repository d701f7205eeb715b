"""The file of corrupted images: balanced, shuffled, made once, and nothing in it but pixels."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.config import RobustnessConfig
from autograder.corrupted import CorruptedImages, open_corrupted
from autograder.corruptions import contrast, jpeg
from autograder.data_cache import Split
from autograder.errors import DatasetError

CLASSES, TRACKS_PER_CLASS, FRAMES = 4, 6, 3
RULES = RobustnessConfig(images=16, corruptions=("contrast", "fog", "jpeg"), severities=(2, 5))
RNG = np.random.default_rng(0)


def split(folder: Path, order_seed: int = 0) -> Split:
    """Return a split of 72 images; another seed gives them in another order."""
    folder.mkdir(parents=True)
    count = CLASSES * TRACKS_PER_CLASS * FRAMES
    order = np.random.default_rng(order_seed).permutation(count)
    tracks = np.repeat(np.arange(CLASSES * TRACKS_PER_CLASS), FRAMES)[order].astype(np.int32)
    images = np.random.default_rng(1).integers(256, size=(count, 16, 16, 3))
    np.save(folder / "images.npy", images.astype(np.uint8))
    np.save(folder / "labels.npy", (tracks // TRACKS_PER_CLASS).astype(np.int32))
    np.save(folder / "tracks.npy", tracks)
    images_, labels, tracks_ = (folder / f"{name}.npy" for name in ("images", "labels", "tracks"))
    return Split(images_, labels, tracks_, count, f"{order_seed:064x}")


@pytest.fixture
def holdout(tmp_path: Path) -> Split:
    return split(tmp_path / "holdouts" / "key")


def pixels(corrupted: CorruptedImages) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(np.load(corrupted.images))


def test_each_corruption_at_each_severity_has_its_images(holdout: Split) -> None:
    corrupted = open_corrupted(holdout, RULES)
    cells = [(part.corruption, part.severity) for part in corrupted.parts]
    assert cells == [(name, one) for name in ("contrast", "fog", "jpeg") for one in (2, 5)]
    assert corrupted.count == 16 * 6
    assert pixels(corrupted).shape == (96, 16, 16, 3)
    places = np.concatenate([part.places for part in corrupted.parts])
    assert sorted(places) == list(range(96))


def test_the_images_are_those_of_the_split_corrupted(holdout: Split) -> None:
    corrupted, originals = open_corrupted(holdout, RULES), np.load(holdout.images)
    found = pixels(corrupted)
    for part in corrupted.parts:
        if part.corruption == "fog":
            continue  # differs each time
        corrupt = {"contrast": contrast, "jpeg": jpeg}[part.corruption]
        for source, place in zip(part.sources, part.places, strict=True):
            assert (found[place] == corrupt(originals[source], part.severity, RNG)).all()


def test_classes_are_balanced_and_as_many_tracks_as_can_be_are_shown(holdout: Split) -> None:
    labels, tracks = np.load(holdout.labels), np.load(holdout.tracks)
    for part in open_corrupted(holdout, RULES).parts:
        assert np.bincount(labels[part.sources]).tolist() == [4] * CLASSES
        assert len(np.unique(tracks[part.sources])) == 16
    many = RULES.model_copy(update={"images": 10_000})
    assert [len(part.sources) for part in open_corrupted(holdout, many).parts] == [72] * 6
    few = RULES.model_copy(update={"images": 1})
    for part in open_corrupted(holdout, few).parts:
        assert np.bincount(labels[part.sources]).tolist() == [1] * CLASSES


def test_each_corruption_draws_images_of_its_own(holdout: Split) -> None:
    parts = open_corrupted(holdout, RULES).parts
    assert len({tuple(part.sources) for part in parts}) == len(parts)


def test_another_severity_beside_it_changes_nothing_of_a_corruption(holdout: Split) -> None:
    fewer = open_corrupted(holdout, RULES.model_copy(update={"severities": (5,)}))
    all_of_them = open_corrupted(holdout, RULES)
    for part in fewer.parts:
        same = next(one for one in all_of_them.parts if (one.corruption, one.severity) ==
                    (part.corruption, part.severity))  # fmt: skip
        assert (part.sources == same.sources).all()
        theirs = pixels(all_of_them)[same.places]
        assert (pixels(fewer)[part.places] == theirs).all()


def test_the_order_hangs_on_the_labels_and_tells_none(holdout: Split, tmp_path: Path) -> None:
    corrupted = open_corrupted(holdout, RULES)
    other = open_corrupted(split(tmp_path / "other" / "key", order_seed=9), RULES)
    assert not all(
        (one.places == theirs.places).all()
        for one, theirs in zip(corrupted.parts, other.parts, strict=True)
    )
    labels = np.load(holdout.labels)
    for part in corrupted.parts:
        assert (np.diff(part.sources) > 0).all()
        assert (np.diff(labels[part.sources[np.argsort(part.places)]]) < 0).any()


def test_it_is_made_once_and_anew_where_it_was_damaged(holdout: Split) -> None:
    first = open_corrupted(holdout, RULES)
    before, written = pixels(first), first.images.stat().st_mtime_ns
    assert open_corrupted(holdout, RULES).images.stat().st_mtime_ns == written
    first.images.write_bytes(first.images.read_bytes()[:1000])
    assert (pixels(open_corrupted(holdout, RULES)) == before).all()
    first.images.write_bytes(b"no array")
    assert (pixels(open_corrupted(holdout, RULES)) == before).all()


def test_other_rules_and_other_images_have_files_of_their_own(holdout: Split) -> None:
    paths = {
        open_corrupted(holdout, RULES).images,
        open_corrupted(holdout, RULES.model_copy(update={"images": 8})).images,
        open_corrupted(replace(holdout, sha256="f" * 64), RULES).images,
    }
    assert len(paths) == 3


def test_only_pixels_are_written_and_the_folder_of_the_split_stays_as_it_is(holdout: Split) -> None:
    folder = holdout.images.parent
    before = sorted(folder.iterdir())
    corrupted = open_corrupted(holdout, RULES)
    assert sorted(folder.iterdir()) == before
    assert [path.name for path in folder.parent.iterdir() if path != folder] == [
        corrupted.images.name
    ]
    assert stat.S_IMODE(corrupted.images.stat().st_mode) == 0o644


def test_progress_is_told_to_the_end(holdout: Split) -> None:
    told: list[tuple[int, int, str]] = []
    open_corrupted(holdout, RULES, lambda *now: told.append(now))
    assert told[-1] == (96, 96, "corrupting")


def test_where_there_is_no_room_the_cache_is_named(
    holdout: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", full)
    with pytest.raises(DatasetError, match="No space left on device; say where with AUTOGRADER_"):
        open_corrupted(holdout, RULES)
    assert [path.name for path in holdout.images.parent.parent.iterdir()] == ["key"]
