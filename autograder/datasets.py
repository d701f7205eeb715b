"""Public and sealed splits: which source makes which, and where it is kept.

::

    <cache>/datasets/<key>/    train and validation
    <cache>/holdouts/<key>/    holdout, sealed; the key hangs on its stretched secret

What lies in these folders is told by data_cache.py, the secret's way by holdout_seed.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from autograder import gtsrb
from autograder.config import DatasetConfig
from autograder.data_cache import Arrays, Split, cache_folder, open_splits
from autograder.holdout_seed import stretched
from autograder.roadsigns.classes import CLASSES

Progress = Callable[[int, int, str], None]

# Part of every key: raise it when the same config and seed give other images.
DATA_VERSION = 3
_PUBLIC_SEED = "public"


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
    config: DatasetConfig, cache: Path | None = None, progress: Progress | None = None
) -> Dataset:
    """Return the public splits, built first if this machine has not got them.

    Args:
        config: What to build.
        cache: Folder to keep it in; the user's cache by default.
        progress: Told (done, total, what) while building.

    Raises:
        DatasetError: The photographs or the cache cannot be used.
    """

    def build() -> dict[str, Arrays]:
        if config.kind == "gtsrb":
            photos = gtsrb.training_photos(_root(config))
            split = dict(zip(("train", "validation"), gtsrb.split_by_track(photos), strict=True))
            return {name: _read(chosen, config, progress) for name, chosen in split.items()}
        return {
            "train": _render("train", _PUBLIC_SEED, config.train_images, config, progress),
            "validation": _render(
                "validation", _PUBLIC_SEED, config.validation_images, config, progress
            ),
        }

    folder = cache_folder(cache) / "datasets" / _key(config, "public")
    splits = open_splits(folder, ("train", "validation"), build, sealed=False)
    sums = "".join(split.sha256 for split in splits.values())
    return Dataset(
        kind=config.kind,
        image_size=config.image_size,
        class_names=tuple(sign.name for sign in CLASSES),
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
        seed: The instructor's secret; the photographs of GTSRB hang on none.
        cache: Folder to keep it in; the user's cache by default.
        progress: Told (done, total, what) while building.

    Raises:
        DatasetError: The photographs or the cache cannot be used.
    """
    secret = stretched(seed) if config.kind == "roadsigns" else ""

    def build() -> dict[str, Arrays]:
        if config.kind == "gtsrb":
            return {"holdout": _read(gtsrb.final_photos(_root(config)), config, progress)}
        return {"holdout": _render("holdout", secret, config.holdout_images, config, progress)}

    folder = cache_folder(cache) / "holdouts" / _key(config, f"holdout {secret}")
    return open_splits(folder, ("holdout",), build, sealed=True)["holdout"]


def _root(config: DatasetConfig) -> Path:
    assert config.path is not None  # config.py sees to it
    return gtsrb.find_root(config.path)


def _render(
    name: Literal["train", "validation", "holdout"],
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


def _read(
    photos: tuple[gtsrb.Photo, ...], config: DatasetConfig, progress: Progress | None
) -> Arrays:
    photos = gtsrb.shuffled(photos)
    return Arrays(
        images=gtsrb.load_images(photos, config.image_size, progress),
        labels=np.array([photo.class_id for photo in photos], np.int32),
        tracks=np.array([photo.track for photo in photos], np.int32),
    )


def _key(config: DatasetConfig, purpose: str) -> str:
    """Return a folder name that differs wherever the images could."""
    rules = config.model_dump_json(exclude={"path"})
    source = gtsrb.listing_digest(_root(config)) if config.kind == "gtsrb" else ""
    text = "\0".join(["autograder data", str(DATA_VERSION), purpose, rules, source])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
