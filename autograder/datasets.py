"""Public and sealed splits: which source makes which, and where it is kept.

::

    <cache>/datasets/<key>/    train and validation
    <cache>/holdouts/<key>/    holdout, sealed; the key hangs on its stretched secret

What lies in these folders is told by data_cache.py, the secret's way by holdout_seed.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from autograder import gtsrb
from autograder.config import DatasetConfig
from autograder.data_cache import Arrays, Split, cache_folder, open_splits
from autograder.data_files import DataFile, opened
from autograder.data_sources import Shares, digest, load, part, refuse_problems, with_lookalikes
from autograder.errors import DatasetError
from autograder.holdout_seed import TRY_OUT_SEED, stretched
from autograder.imported import public_splits, read_about, sealed_split
from autograder.layouts import by_folders
from autograder.roadsigns.classes import CLASSES

Progress = Callable[[int, int, str], None]
Name = Literal["train", "validation", "holdout"]

# Part of every key: raise it when the same config and seed give other images.
DATA_VERSION = 5
_PUBLIC_SEED = "public"
_SIGNS = tuple(sign.name for sign in CLASSES)


@dataclass(frozen=True)
class Dataset:
    """What students may see.

    Attributes:
        kind: As in the config.
        image_size: Height and width in pixels.
        class_names: Indexed by class id.
        train: For training.
        validation: For choosing; shares no track with the others.
        fingerprint: SHA-256 hex over the checksums of both.
    """

    kind: str
    image_size: int
    class_names: tuple[str, ...]
    train: Split
    validation: Split
    fingerprint: str

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)


# The same files, but labels and tracks lie in a folder that only the grader's user may enter.
Holdout = Split


def open_dataset(
    config: DatasetConfig,
    cache: Path | None = None,
    progress: Progress | None = None,
    seed: str = TRY_OUT_SEED,
) -> Dataset:
    """Return the public splits, built first if this machine has not got them.

    Args:
        config: What to build.
        cache: Folder to keep it in; the user's cache by default.
        progress: Told (done, total, what) while building.
        seed: The instructor's secret; matters if it parts one folder of images.

    Raises:
        DatasetError: The images or the cache cannot be used.
    """
    if config.kind == "imported":
        path = _path(config)
        class_names = read_about(path, config.image_size).class_names
        splits = public_splits(path)
    else:
        with _opened(config, seed, progress) as source:
            class_names = source.class_names
            purpose = f"public {source.public_secret}".rstrip()
            folder = cache_folder(cache) / "datasets" / _key(config, purpose, source.stamp)
            splits = open_splits(folder, ("train", "validation"), source.public, sealed=False)
    sums = "".join(split.sha256 for split in splits.values())
    return Dataset(
        kind=config.kind,
        image_size=config.image_size,
        class_names=class_names,
        train=splits["train"],
        validation=splits["validation"],
        fingerprint=hashlib.sha256(sums.encode()).hexdigest(),
    )


def open_holdout(
    config: DatasetConfig,
    seed: str,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Holdout:
    """Return the sealed split, built first if this machine has not got it.

    Args:
        config: What to build.
        seed: The instructor's secret; what was imported hangs on that of then.
        cache: Folder to keep it in; the user's cache by default.
        progress: Told (done, total, what) while building.

    Raises:
        DatasetError: The images or the cache cannot be used, or there are none for it.
    """
    if config.kind == "imported":
        return sealed_split(_path(config))
    with _opened(config, seed, progress) as source:
        key = _key(config, f"holdout {stretched(seed)}", source.stamp)
        folder = cache_folder(cache) / "holdouts" / key
        return open_splits(folder, ("holdout",), source.holdout, sealed=True)["holdout"]


class _Source(Protocol):
    """Makes splits.

    Attributes:
        class_names: Indexed by class id.
        stamp: Differs wherever the files behind it do.
        public_secret: What the public splits hang on beside the files, if anything.
    """

    class_names: tuple[str, ...]
    stamp: str
    public_secret: str

    def public(self) -> dict[str, Arrays]:
        """Return train and validation."""

    def holdout(self) -> dict[str, Arrays]:
        """Return the holdout."""


@contextmanager
def _opened(config: DatasetConfig, seed: str, progress: Progress | None) -> Iterator[_Source]:
    if config.kind == "roadsigns":
        yield _RoadSigns(config, seed, progress)
    elif config.kind == "gtsrb":
        yield _Gtsrb(config, seed, progress)
    else:
        with opened([_path(config)]) as files:
            yield _Folder(files, config, seed, progress)


class _RoadSigns:
    stamp = public_secret = ""

    def __init__(self, config: DatasetConfig, seed: str, progress: Progress | None) -> None:
        self.class_names = _SIGNS
        self._config, self._seed, self._progress = config, seed, progress

    def public(self) -> dict[str, Arrays]:
        return {
            "train": self._render("train", _PUBLIC_SEED, self._config.train_images),
            "validation": self._render("validation", _PUBLIC_SEED, self._config.validation_images),
        }

    def holdout(self) -> dict[str, Arrays]:
        secret = stretched(self._seed)
        return {"holdout": self._render("holdout", secret, self._config.holdout_images)}

    def _render(self, name: Name, seed: str, images: int) -> Arrays:
        return _render(name, seed, images, self._config, self._progress)


class _Gtsrb:
    public_secret = ""

    def __init__(self, config: DatasetConfig, seed: str, progress: Progress | None) -> None:
        self._root = gtsrb.find_root(_path(config))
        self.class_names = _SIGNS
        self.stamp = gtsrb.listing_digest(self._root)
        self._config, self._seed, self._progress = config, seed, progress

    def public(self) -> dict[str, Arrays]:
        training, validation = gtsrb.split_by_track(gtsrb.training_photos(self._root))
        return {
            "train": self._read(gtsrb.shuffled(training)),
            "validation": self._read(gtsrb.shuffled(validation)),
        }

    def holdout(self) -> dict[str, Arrays]:
        # The labels have been published, in the order of the files' names.
        photos = gtsrb.shuffled(gtsrb.final_photos(self._root), stretched(self._seed))
        return {"holdout": self._read(photos)}

    def _read(self, photos: Sequence[gtsrb.Photo]) -> Arrays:
        return Arrays(
            images=gtsrb.load_images(photos, self._config.image_size, self._progress),
            labels=np.array([photo.class_id for photo in photos], np.int32),
            tracks=np.array([photo.track for photo in photos], np.int32),
        )


class _Folder:
    def __init__(
        self,
        files: Sequence[DataFile],
        config: DatasetConfig,
        seed: str,
        progress: Progress | None,
    ) -> None:
        self._source = by_folders(files)
        refuse_problems(self._source.problems, config.path)
        self.class_names = self._source.class_names
        self.stamp = digest(files)
        self.public_secret = "" if self._source.is_parted else stretched(seed)
        self._config, self._seed, self._progress = config, seed, progress

    def public(self) -> dict[str, Arrays]:
        return self._read(("train", "validation"), self.public_secret)

    def holdout(self) -> dict[str, Arrays]:
        if self._source.is_parted and not self._source.holdout:
            raise DatasetError(f"{self._config.path}: no images in holdout/ (or test/) to grade on")
        return self._read(("holdout",), stretched(self._seed))

    def _read(self, names: Sequence[str], secret: str) -> dict[str, Arrays]:
        shares = Shares(self._config.validation_share, self._config.holdout_share)
        size = self._config.image_size
        splits = part(with_lookalikes(self._source, size, self._progress), shares, secret)
        arrays, problems = load(splits, names, size, self._progress)
        refuse_problems(problems, self._config.path)
        return arrays


def _path(config: DatasetConfig) -> Path:
    assert config.path is not None  # config.py sees to it
    return config.path


def _render(
    name: Name,
    seed: str,
    images: int,
    config: DatasetConfig,
    progress: Progress | None,
) -> Arrays:
    from autograder.roadsigns.splits import render_split

    split = render_split(
        name,
        seed,
        images,
        config.image_size,
        conditions=config.conditions,
        progress=progress,
    )
    return Arrays(split.images, split.labels, split.tracks)


def _key(config: DatasetConfig, purpose: str, stamp: str = "") -> str:
    """Return a folder name that differs wherever the images could."""
    rules = config.model_dump_json(exclude={"path"})
    text = "\0".join(["autograder data", str(DATA_VERSION), purpose, rules, stamp])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
