"""Public and sealed splits: built once into a cache, memory-mapped by jobs ever after.

::

    <cache>/datasets/<key>/    train_images.npy … validation_tracks.npy, manifest.json
    <cache>/holdouts/<key>/    holdout_images.npy, manifest.json
                      sealed/  holdout_labels.npy, holdout_tracks.npy; for the grader alone

The key of a holdout hangs on its secret seed through scrypt (RFC 7914) and SHA-256; the seed itself
is written nowhere.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autograder import gtsrb
from autograder.config import DatasetConfig
from autograder.errors import DatasetError
from autograder.roadsigns.classes import CLASSES

Progress = Callable[[int, int, str], None]

# Part of every key: raise it when the same config and seed give other images.
DATA_VERSION = 3
TRY_OUT_SEED = "try-out"
# A shorter secret can be guessed by whoever sees the images, however slow a guess is.
_SHORT_SECRET = 12
_PUBLIC_SEED = "public"


@dataclass(frozen=True)
class Split:
    """The files of one split, all ``.npy`` in C order, to be memory-mapped.

    Attributes:
        images: uint8, shape (count, size, size, 3), RGB.
        labels: int32, shape (count,), class ids.
        tracks: int32, shape (count,); equal where the same physical sign is shown.
        count: Number of images.
        sha256: Hex digest over the bytes of the three arrays.
    """

    images: Path
    labels: Path
    tracks: Path
    count: int
    sha256: str


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


@dataclass(frozen=True)
class HoldoutSeed:
    """The secret that the holdout is rendered from, and whether everybody knows it."""

    value: str
    is_default: bool

    @property
    def is_weak(self) -> bool:
        """Whether somebody who sees the images could find it by guessing."""
        return not self.is_default and len(self.value) < _SHORT_SECRET


@dataclass(frozen=True)
class _Arrays:
    images: NDArray[np.uint8]
    labels: NDArray[np.int32]
    tracks: NDArray[np.int32]

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for array in (self.images, self.labels, self.tracks):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


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

    def build() -> dict[str, _Arrays]:
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

    folder = _cache(cache) / "datasets" / _key(config, "public")
    splits = _open(folder, ("train", "validation"), build, sealed=False)
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
    secret = _stretched(seed) if config.kind == "roadsigns" else ""

    def build() -> dict[str, _Arrays]:
        if config.kind == "gtsrb":
            return {"holdout": _read(gtsrb.final_photos(_root(config)), config, progress)}
        return {"holdout": _render("holdout", secret, config.holdout_images, config, progress)}

    folder = _cache(cache) / "holdouts" / _key(config, f"holdout {secret}")
    return _open(folder, ("holdout",), build, sealed=True)["holdout"]


@functools.cache
def _stretched(seed: str) -> str:
    """Return what a secret seed stands for: half a second of work, so that guessing is slow.

    Jobs see the images and the name of their folder, so either could confirm a guess.
    """
    if seed == TRY_OUT_SEED:
        return seed  # everybody knows it
    cost, block, memory_bytes = 1 << 17, 8, 1 << 28
    key = hashlib.scrypt(
        seed.encode(), salt=b"autograder holdout", n=cost, r=block, p=1, maxmem=memory_bytes
    )
    return key.hex()


def holdout_seed(environ: Mapping[str, str]) -> HoldoutSeed:
    """Return the holdout's seed from AUTOGRADER_HOLDOUT_SEED or AUTOGRADER_HOLDOUT_SEED_FILE.

    With neither it is the documented default, which is good for trying out and nothing else.

    Raises:
        DatasetError: A variable is empty, or its file unreadable or empty.
    """
    direct, path = "AUTOGRADER_HOLDOUT_SEED", "AUTOGRADER_HOLDOUT_SEED_FILE"
    if direct in environ:
        value = environ[direct].strip()
        where = direct
    elif path in environ:
        where = f"{path} ({environ[path]})"
        try:
            value = Path(environ[path]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(f"{where}: cannot be read: {error}") from error
    else:
        return HoldoutSeed(TRY_OUT_SEED, is_default=True)
    if not value:
        raise DatasetError(f"{where} is empty; write any text that students cannot guess")
    return HoldoutSeed(value, is_default=value == TRY_OUT_SEED)


def verify(split: Split) -> bool:
    """Return whether the files still have the checksum that they were built with."""
    arrays = (np.load(path, mmap_mode="r") for path in (split.images, split.labels, split.tracks))
    return _Arrays(*arrays).sha256() == split.sha256


def save_npz(split: Split, out: Path, class_names: tuple[str, ...]) -> None:
    """Write one split as ``.npz`` with the arrays images, labels, tracks, class_names.

    Raises:
        DatasetError: The file cannot be written.
    """
    temporary = out.with_name(f".{out.name}.tmp")
    try:
        with temporary.open("wb") as file:
            np.savez_compressed(
                file,
                images=np.load(split.images, mmap_mode="r"),
                labels=np.load(split.labels),
                tracks=np.load(split.tracks),
                class_names=np.array(class_names),
            )
        temporary.replace(out)
    except OSError as error:
        raise DatasetError(f"cannot write {out}: {error.strerror or error}") from error


def _root(config: DatasetConfig) -> Path:
    assert config.path is not None  # config.py sees to it
    return gtsrb.find_root(config.path)


def _render(
    name: Literal["train", "validation", "holdout"],
    seed: str,
    images: int,
    config: DatasetConfig,
    progress: Progress | None,
) -> _Arrays:
    from autograder.roadsigns.splits import render_split

    split = render_split(
        name,
        seed,
        images,
        config.image_size,
        conditions=config.conditions,
        progress=progress,
    )
    return _Arrays(split.images, split.labels, split.tracks)


def _read(
    photos: tuple[gtsrb.Photo, ...], config: DatasetConfig, progress: Progress | None
) -> _Arrays:
    photos = gtsrb.shuffled(photos)
    return _Arrays(
        images=gtsrb.load_images(photos, config.image_size, progress),
        labels=np.array([photo.class_id for photo in photos], np.int32),
        tracks=np.array([photo.track for photo in photos], np.int32),
    )


def _cache(cache: Path | None) -> Path:
    if cache is not None:
        return cache
    if os.environ.get("AUTOGRADER_CACHE"):
        return Path(os.environ["AUTOGRADER_CACHE"]).expanduser().resolve()
    from platformdirs import user_cache_path

    return user_cache_path("autograder")


def _key(config: DatasetConfig, purpose: str) -> str:
    """Return a folder name that differs wherever the images could."""
    rules = config.model_dump_json(exclude={"path"})
    source = gtsrb.listing_digest(_root(config)) if config.kind == "gtsrb" else ""
    text = "\0".join(["autograder data", str(DATA_VERSION), purpose, rules, source])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _open(
    folder: Path, names: tuple[str, ...], build: Callable[[], dict[str, _Arrays]], *, sealed: bool
) -> dict[str, Split]:
    """Return the splits in a cache folder; build it if it is missing or damaged."""
    found = _read_manifest(folder, names, sealed=sealed)
    if found is None:
        try:
            _write(folder, build(), sealed=sealed)
        except OSError as error:
            raise DatasetError(
                f"cannot keep the data in {folder.parent}: {error.strerror or error}; "
                "say where with AUTOGRADER_CACHE"
            ) from error
        found = _read_manifest(folder, names, sealed=sealed)
    if found is None:
        raise DatasetError(f"{folder} is damaged and could not be replaced; delete it")
    return found


def _write(folder: Path, splits: dict[str, _Arrays], *, sealed: bool) -> None:
    """Write a cache folder in one step: it is there whole, or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        building.chmod(0o755)
        hidden = building / "sealed" if sealed else building
        hidden.mkdir(mode=0o700, exist_ok=True)
        manifest: dict[str, dict[str, int | str]] = {}
        for name, arrays in splits.items():
            np.save(building / f"{name}_images.npy", arrays.images)
            np.save(hidden / f"{name}_labels.npy", arrays.labels)
            np.save(hidden / f"{name}_tracks.npy", arrays.tracks)
            manifest[name] = {"count": len(arrays.labels), "sha256": arrays.sha256()}
        for file in hidden.glob("*_[lt]*.npy"):
            file.chmod(0o600 if sealed else 0o644)
        manifest["sizes"] = _sizes(building)
        (building / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        try:
            building.replace(folder)
        except OSError:  # somebody else was faster, or what is there is damaged
            if not _is_whole(folder):
                shutil.rmtree(folder, ignore_errors=True)
                building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _read_manifest(
    folder: Path, names: tuple[str, ...], *, sealed: bool
) -> dict[str, Split] | None:
    """Return what a cache folder holds; None if it is missing or not as it was written."""
    if not _is_whole(folder):
        return None
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    try:
        hidden = folder / "sealed" if sealed else folder
        return {
            name: Split(
                images=folder / f"{name}_images.npy",
                labels=hidden / f"{name}_labels.npy",
                tracks=hidden / f"{name}_tracks.npy",
                count=manifest[name]["count"],
                sha256=manifest[name]["sha256"],
            )
            for name in names
        }
    except (KeyError, TypeError):
        return None


def _is_whole(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return bool(manifest["sizes"] == _sizes(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _sizes(folder: Path) -> dict[str, int | str]:
    return {
        str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*.npy"))
    }
