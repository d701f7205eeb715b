"""Splits as files: built once, whole or not at all, memory-mapped by jobs ever after.

::

    <folder>/    <split>_images.npy, <split>_labels.npy, <split>_tracks.npy, manifest.json
    <folder>/    <split>_images.npy, manifest.json, if sealed; then labels and tracks lie in
        sealed/  <split>_labels.npy, <split>_tracks.npy; for the grader alone
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from autograder.errors import DatasetError


@dataclass(frozen=True)
class Split:
    """The files of one split, all ``.npy`` in C order, to be memory-mapped.

    Attributes:
        images: uint8, shape (count, size, size, 3), RGB.
        labels: int32, shape (count,), class ids.
        tracks: int32, shape (count,); equal where the same physical sign is shown.
        count: Number of images.
        sha256: Hex digest over the bytes of the three arrays; if sealed, see `Arrays`.
    """

    images: Path
    labels: Path
    tracks: Path
    count: int
    sha256: str

    @property
    def is_sealed(self) -> bool:
        """Whether labels and tracks are for the grader alone."""
        return self.labels.parent != self.images.parent


@dataclass(frozen=True)
class Arrays:
    """A split in memory, shaped as in `Split`."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int32]
    tracks: NDArray[np.int32]

    def sha256(self, *, sealed: bool) -> str:
        """Return a hex digest over the bytes of all three.

        Reports and manifests show it, so it would confirm a guess of all labels, and good networks
        guess nearly all. If they are sealed, a guess takes a tenth of a second of work instead of
        microseconds: scrypt (RFC 7914), salted with the images, stands between.
        """
        digest = hashlib.sha256(np.ascontiguousarray(self.images).data)
        answers = np.ascontiguousarray(self.labels).tobytes()
        answers += np.ascontiguousarray(self.tracks).tobytes()
        if sealed:
            salt = digest.digest()
            answers = hashlib.scrypt(answers, salt=salt, n=1 << 15, r=8, p=1, maxmem=1 << 26)
        digest.update(answers)
        return digest.hexdigest()


def verify(split: Split) -> bool:
    """Return whether the files still have the checksum that they were built with."""
    try:
        images, labels, tracks = (
            np.load(path, mmap_mode="r") for path in (split.images, split.labels, split.tracks)
        )
    except (OSError, ValueError):
        return False
    return Arrays(images, labels, tracks).sha256(sealed=split.is_sealed) == split.sha256


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


def cache_folder(cache: Path | None) -> Path:
    """Return where splits are kept: as asked, AUTOGRADER_CACHE, or the user's cache."""
    if cache is not None:
        return cache
    if os.environ.get("AUTOGRADER_CACHE"):
        return Path(os.environ["AUTOGRADER_CACHE"]).expanduser().resolve()
    from platformdirs import user_cache_path

    return user_cache_path("autograder")


def open_splits(
    folder: Path, names: tuple[str, ...], build: Callable[[], dict[str, Arrays]], *, sealed: bool
) -> dict[str, Split]:
    """Return the splits in a cache folder; build it if it is missing or damaged.

    Args:
        folder: Where they are, or will be.
        names: Of the splits.
        build: Makes them.
        sealed: Whether labels and tracks are for this user alone.

    Raises:
        DatasetError: The folder cannot be written.
    """
    found = read_splits(folder, names, sealed=sealed)
    if found is None:
        try:
            write_splits(folder, build(), sealed=sealed)
        except OSError as error:
            raise DatasetError(
                f"cannot keep the data in {folder.parent}: {error.strerror or error}; "
                "say where with AUTOGRADER_CACHE"
            ) from error
        found = read_splits(folder, names, sealed=sealed)
    if found is None:
        raise DatasetError(f"{folder} is damaged and could not be replaced; delete it")
    return found


def write_splits(folder: Path, splits: dict[str, Arrays], *, sealed: bool) -> None:
    """Write splits into a folder in one step: it is there whole, or not at all."""
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
            manifest[name] = {"count": len(arrays.labels), "sha256": arrays.sha256(sealed=sealed)}
        for file in hidden.glob("*_[lt]*.npy"):
            file.chmod(0o600 if sealed else 0o644)
        manifest["sizes"] = _sizes(building)
        (building / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        try:
            building.replace(folder)
        except OSError:  # somebody else was faster, or what is there is damaged
            if read_splits(folder, tuple(splits), sealed=sealed) is None:
                shutil.rmtree(folder, ignore_errors=True)
                building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def read_splits(folder: Path, names: tuple[str, ...], *, sealed: bool) -> dict[str, Split] | None:
    """Return what a folder holds; None if it is missing or not as it was written."""
    listed = _listed_if_whole(folder)
    hidden = folder / "sealed" if sealed else folder
    try:
        parts = {name: _Listed.model_validate((listed or {})[name]) for name in names}
    except (KeyError, ValueError):
        return None
    return {
        name: Split(
            images=folder / f"{name}_images.npy",
            labels=hidden / f"{name}_labels.npy",
            tracks=hidden / f"{name}_tracks.npy",
            count=part.count,
            sha256=part.sha256,
        )
        for name, part in parts.items()
    }


class _Listed(BaseModel):
    """What the manifest says of a split."""

    model_config = ConfigDict(strict=True)

    count: int = Field(ge=0)
    sha256: str


def _listed_if_whole(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder; None if its files are not those that it lists."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        is_whole = manifest["sizes"] == _sizes(folder)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return dict(manifest) if is_whole else None


def _sizes(folder: Path) -> dict[str, int | str]:
    return {
        str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*.npy"))
    }
