"""Splits as files: whole or not at all, and noticed where they are damaged."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

import numpy as np
import pytest

from autograder import datasets
from autograder.config import DatasetConfig
from autograder.data_cache import Split, save_npz, verify
from autograder.datasets import open_dataset, open_holdout
from autograder.errors import DatasetError

TINY = DatasetConfig(image_size=16, train_images=86, validation_images=43, holdout_images=43)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def _truncate(split: Split) -> None:
    split.images.write_bytes(split.images.read_bytes()[:-1])


def _delete_labels(split: Split) -> None:
    split.labels.unlink()


def _scribble(split: Split) -> None:
    (split.images.parent / "manifest.json").write_text("{")


def _deepen(split: Split) -> None:
    (split.images.parent / "manifest.json").write_text("[" * 100_000)


def _miscount(split: Split) -> None:
    path = split.images.parent / "manifest.json"
    path.write_text(path.read_text().replace(f'"count": {split.count}', '"count": "many"'))


@pytest.mark.parametrize("damage", [_truncate, _delete_labels, _scribble, _deepen, _miscount])
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
