"""Which source makes which split; built once, labels sealed."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.config import DatasetConfig
from autograder.datasets import _key, _render, open_dataset, open_holdout
from tests import data_folders

TINY = DatasetConfig(image_size=16, train_images=86, validation_images=43, holdout_images=43)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_splits_hold_what_they_say(cache: Path) -> None:
    dataset = open_dataset(TINY, cache)
    assert (dataset.kind, dataset.image_size, dataset.num_classes) == ("roadsigns", 16, 43)
    for split, count in ((dataset.train, 86), (dataset.validation, 43)):
        images = np.load(split.images, mmap_mode="r")
        assert (images.shape, images.dtype) == ((count, 16, 16, 3), np.uint8)
        for path in (split.labels, split.tracks):
            array = np.load(path)
            assert (array.shape, array.dtype) == ((count,), np.int32)
        assert split.count == count
        assert images.flags.c_contiguous


def test_no_track_is_in_two_splits(cache: Path) -> None:
    dataset, holdout = open_dataset(TINY, cache), open_holdout(TINY, "secret", cache)
    splits = (dataset.train, dataset.validation, holdout)
    tracks = [set(np.load(split.tracks).tolist()) for split in splits]
    assert not tracks[0] & tracks[1] | tracks[0] & tracks[2] | tracks[1] & tracks[2]


def test_the_second_time_nothing_is_built(cache: Path) -> None:
    told: list[int] = []
    first = open_dataset(TINY, cache)
    again = open_dataset(TINY, cache, lambda done, total, what: told.append(done))
    assert again == first
    assert not told


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    open_holdout(TINY, "x", tmp_path, lambda *args: told.append(args))
    assert told[-1][:2] == (43, 43)


def test_holdout_labels_are_sealed(cache: Path) -> None:
    holdout = open_holdout(TINY, "secret", cache)
    assert mode(holdout.images.parent) == 0o755
    assert mode(holdout.images) & 0o044 == 0o044
    assert holdout.labels.parent.name == "sealed"
    assert mode(holdout.labels.parent) == 0o700
    assert mode(holdout.labels) == mode(holdout.tracks) == 0o600


def test_the_seed_is_written_nowhere(tmp_path: Path) -> None:
    open_holdout(TINY, "correct-horse-battery", tmp_path)
    for path in tmp_path.rglob("*"):
        assert "correct-horse" not in str(path)
        assert path.is_dir() or b"correct-horse" not in path.read_bytes()


def test_another_seed_is_another_holdout(cache: Path) -> None:
    one, other = open_holdout(TINY, "1", cache), open_holdout(TINY, "2", cache)
    assert one.sha256 != other.sha256
    assert one.images != other.images


def test_the_public_splits_hang_on_no_seed(cache: Path, tmp_path: Path) -> None:
    assert open_dataset(TINY, cache).fingerprint == open_dataset(TINY, tmp_path).fingerprint


def test_the_cache_can_be_moved_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "elsewhere"))
    assert tmp_path / "elsewhere" in open_holdout(TINY, "x").images.parents


def test_neither_images_nor_folder_confirm_a_quick_guess_of_the_secret(tmp_path: Path) -> None:
    """What a job sees must hang on the slow function of the secret, never on the secret itself."""
    holdout = open_holdout(TINY, "2027", tmp_path)
    rendered = _render("holdout", "2027", TINY.holdout_images, TINY, None)
    assert (np.load(holdout.images) != rendered.images).any()
    assert holdout.images.parent.name != _key(TINY, "holdout 2027")


def test_importing_loads_nothing_heavy() -> None:
    program = "import sys, autograder.datasets; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {"cv2", "pandas", "sklearn"} & set(done.stdout.split())


def own_images(root: Path) -> DatasetConfig:
    return DatasetConfig(kind="folder", path=data_folders.by_class(root), image_size=16)


def test_of_one_folder_the_secret_holds_images_out_and_labels_are_sealed(tmp_path: Path) -> None:
    config, cache = own_images(tmp_path / "images"), tmp_path / "cache"
    splits = {}
    for seed in ("one", "other"):
        dataset, holdout = open_dataset(config, cache, seed=seed), open_holdout(config, seed, cache)
        assert dataset.class_names == ("cat", "dog")
        counts = (dataset.train.count, dataset.validation.count, holdout.count)
        assert counts == (12, 4, 4)
        assert mode(holdout.labels) == 0o600
        images = [np.load(split.images) for split in (dataset.train, dataset.validation, holdout)]
        assert len(np.unique(np.concatenate(images), axis=0)) == 20  # each is in one split
        splits[seed] = (dataset.fingerprint, holdout.sha256)
    assert splits["one"][0] != splits["other"][0]
    assert splits["one"][1] != splits["other"][1]


def test_a_changed_image_is_read_anew(tmp_path: Path) -> None:
    config = own_images(tmp_path / "images")
    before = open_dataset(config, tmp_path / "cache").fingerprint
    data_folders.by_class(tmp_path / "images", seed=1)
    assert open_dataset(config, tmp_path / "cache").fingerprint != before


def test_the_secret_orders_published_photographs(tmp_path: Path) -> None:
    path = data_folders.published(tmp_path / "data")
    (path / "GT-final_test.csv").rename(path / "GTSRB" / "GT-final_test.csv")
    for number, image in enumerate((path / "GTSRB" / "Final_Test" / "Images").iterdir()):
        data_folders.write_picture(image, 20 * number)
    config = DatasetConfig(kind="gtsrb", path=path, image_size=16)
    orders = [
        np.load(open_holdout(config, seed, tmp_path / "cache").images)[:, 0, 0, 0].tolist()
        for seed in ("one", "other")
    ]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])
