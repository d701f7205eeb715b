"""The cache of splits: built once, whole or not at all, labels sealed."""

from __future__ import annotations

import multiprocessing
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder import datasets
from autograder.config import DatasetConfig
from autograder.datasets import (
    HoldoutSeed,
    Split,
    _key,
    _render,
    holdout_seed,
    open_dataset,
    open_holdout,
    save_npz,
    verify,
)
from autograder.errors import DatasetError

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


def _truncate(split: Split) -> None:
    split.images.write_bytes(split.images.read_bytes()[:-1])


def _delete_labels(split: Split) -> None:
    split.labels.unlink()


def _scribble(split: Split) -> None:
    (split.images.parent / "manifest.json").write_text("{")


@pytest.mark.parametrize("damage", [_truncate, _delete_labels, _scribble])
def test_a_damaged_cache_is_built_again(tmp_path: Path, damage: object) -> None:
    before = open_holdout(TINY, "x", tmp_path)
    assert callable(damage)
    damage(before)
    after = open_holdout(TINY, "x", tmp_path)
    assert after == before
    assert verify(after)


def test_verify_notices_one_changed_byte(tmp_path: Path) -> None:
    holdout = open_holdout(TINY, "x", tmp_path)
    assert verify(holdout)
    content = bytearray(holdout.images.read_bytes())
    content[-1] ^= 1
    holdout.images.write_bytes(content)
    assert not verify(holdout)


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_holdout(TINY, "x", tmp_path, interrupt)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert verify(open_holdout(TINY, "x", tmp_path))


def test_a_half_written_folder_is_not_believed(tmp_path: Path) -> None:
    holdout = open_holdout(TINY, "x", tmp_path)
    (holdout.images.parent / "manifest.json").unlink()
    assert verify(open_holdout(TINY, "x", tmp_path))


def _build(cache: Path) -> str:
    return open_holdout(TINY, "x", cache).sha256


def test_two_may_build_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        one, other = pool.map(_build, [tmp_path, tmp_path], chunksize=1)
    assert one == other == open_holdout(TINY, "x", tmp_path).sha256
    assert not list(tmp_path.rglob(".building-*"))


def test_who_comes_second_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_holdout(TINY, "x", tmp_path / "a")
    folder = first.images.parent
    render = datasets._render

    def somebody_else_is_faster(*args: object) -> object:
        arrays = render(*args)  # type: ignore[arg-type]
        target = tmp_path / "b" / folder.relative_to(tmp_path / "a")
        shutil.copytree(folder, target)
        return arrays

    monkeypatch.setattr(datasets, "_render", somebody_else_is_faster)
    second = open_holdout(TINY, "x", tmp_path / "b")
    assert second.sha256 == first.sha256
    assert verify(second)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="AUTOGRADER_CACHE"):
        open_holdout(TINY, "x", tmp_path / "file")


def test_the_seed_comes_from_the_environment() -> None:
    assert holdout_seed({"AUTOGRADER_HOLDOUT_SEED": " term-2027\n"}) == HoldoutSeed(
        "term-2027", is_default=False
    )
    assert holdout_seed({}) == HoldoutSeed("try-out", is_default=True)
    assert holdout_seed({"AUTOGRADER_HOLDOUT_SEED": "try-out"}).is_default


def test_a_short_secret_is_weak_and_the_public_seed_is_no_secret_at_all() -> None:
    assert HoldoutSeed("term-2027", is_default=False).is_weak
    assert not HoldoutSeed("9f86d081884c7d659a2feaa0c55ad015", is_default=False).is_weak
    assert not holdout_seed({}).is_weak


def test_neither_images_nor_folder_confirm_a_quick_guess_of_the_secret(tmp_path: Path) -> None:
    """What a job sees must hang on the slow function of the secret, never on the secret itself."""
    holdout = open_holdout(TINY, "2027", tmp_path)
    rendered = _render("holdout", "2027", TINY.holdout_images, TINY, None)
    assert (np.load(holdout.images) != rendered.images).any()
    assert holdout.images.parent.name != _key(TINY, "holdout 2027")


def test_the_seed_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "seed").write_text("term-2027\n")
    environ = {"AUTOGRADER_HOLDOUT_SEED_FILE": str(tmp_path / "seed")}
    assert holdout_seed(environ).value == "term-2027"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"AUTOGRADER_HOLDOUT_SEED": " "}, "AUTOGRADER_HOLDOUT_SEED is empty"),
        ({"AUTOGRADER_HOLDOUT_SEED_FILE": "/no/such/file"}, "/no/such/file.*cannot be read"),
    ],
)
def test_a_useless_seed_is_an_error(environ: dict[str, str], words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        holdout_seed(environ)


def test_a_split_is_exported(cache: Path, tmp_path: Path) -> None:
    dataset = open_dataset(TINY, cache)
    save_npz(dataset.validation, tmp_path / "out.npz", dataset.class_names)
    with np.load(tmp_path / "out.npz") as exported:
        assert (exported["images"] == np.load(dataset.validation.images)).all()
        assert (exported["labels"] == np.load(dataset.validation.labels)).all()
        assert exported["tracks"].shape == (43,)
        assert exported["class_names"][14] == "Stop"
    assert [path.name for path in tmp_path.iterdir()] == ["out.npz"]


def test_an_export_that_cannot_be_written_is_named(cache: Path, tmp_path: Path) -> None:
    dataset = open_dataset(TINY, cache)
    with pytest.raises(DatasetError, match="cannot write"):
        save_npz(dataset.train, tmp_path / "no" / "out.npz", dataset.class_names)


def test_importing_loads_nothing_heavy() -> None:
    program = "import sys, autograder.datasets; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {"cv2", "resvg_py", "pandas", "sklearn"} & set(done.stdout.split())
