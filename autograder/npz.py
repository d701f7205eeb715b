"""NumPy archives (``.npz``) that may be damaged: what is in them, or an error that says so."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

ANY = -1
"""In a shape: any length but 0."""
_MOST_BYTES = 256 << 20  # unpacked; what we write comes to a tenth of it

Arrays = Mapping[str, NDArray[Any]]


def write_npz(arrays: Arrays) -> bytes:
    """Return a compressed archive; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def read_npz(content: bytes) -> Arrays:
    """Return the arrays of an archive, without pickles.

    Raises:
        ValueError: It is none, is damaged, or is larger than any that we write.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise ValueError(f"more than {_MOST_BYTES >> 20} MiB")
            return {
                # Read as a whole, so that its checksum is looked at first.
                name.removesuffix(".npy"): np.lib.format.read_array(
                    io.BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
            }
    except Exception as error:  # zipfile, its decompressors and NumPy have dozens
        raise ValueError(f"{type(error).__name__}: {error}") from error


def array_of(arrays: Arrays, name: str, dtype: DTypeLike, *shape: int) -> NDArray[Any]:
    """Return an array that is what it should be.

    Args:
        arrays: Of an archive.
        name: In it.
        dtype: Exactly; the numbers of a kind that has others are finite.
        shape: With `ANY` where every length will do.

    Raises:
        ValueError: It is missing, or something else.
    """
    if name not in arrays:
        raise ValueError(f"{name} is missing")
    found = arrays[name]
    fits = len(found.shape) == len(shape) and all(
        size > 0 if wanted == ANY else size == wanted
        for size, wanted in zip(found.shape, shape, strict=True)
    )
    if found.dtype != dtype or not fits:
        raise ValueError(f"{name} is {found.dtype} of shape {found.shape}")
    if not np.isfinite(found).all():
        raise ValueError(f"{name} holds what is no number")
    return found
