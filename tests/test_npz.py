"""Archives that may be damaged."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest

from autograder import npz
from autograder.npz import ANY, array_of, read_npz, write_npz

ARRAYS = {"a": np.arange(6, dtype=np.int32).reshape(2, 3), "b/c": np.ones(4, np.float32)}


def test_arrays_read_back_as_written() -> None:
    found = read_npz(write_npz(ARRAYS))
    assert found.keys() == ARRAYS.keys()
    assert all(np.array_equal(found[name], value) for name, value in ARRAYS.items())


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def with_header(shape: str, dtype: str = "<f4") -> bytes:
    """Return an archive of an array that says it is of this shape, and holds one number."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    length = len(header).to_bytes(2, "little")
    return zipped("a.npy", b"\x93NUMPY\1\0" + length + header + b"\0\0\0\0")


def pickled() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.array([{}], object))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\3\4",
        write_npz(ARRAYS)[:-40],
        write_npz(ARRAYS)[40:],
        pickled(),
        zipped("a.txt", b"no array"),
        with_header("(2,)"),
        with_header("(-1,)"),
        with_header("(1 << 62,)"),
        with_header("(4000000000000000000, 4)"),
        with_header("(1,)", "|O"),
        with_header("(((((("),
    ],
)
def test_what_is_no_archive_of_arrays_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_npz(content)


def test_damage_anywhere_is_found() -> None:
    whole = write_npz(ARRAYS)
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        try:
            found = read_npz(bytes(damaged))
        except ValueError:
            continue
        # A bit that says nothing, such as a date, or the name of an array.
        assert all(np.array_equal(found[name], ARRAYS[name]) for name in {*found} & {*ARRAYS})


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz, "_MOST_BYTES", 1 << 20)
    with pytest.raises(ValueError, match="more than 1 MiB"):
        read_npz(zipped("a.npy", bytes((1 << 20) + 1)))


@pytest.mark.parametrize("shape", [(2, 3), (ANY, 3), (ANY, ANY)])
def test_arrays_that_fit_are_returned(shape: tuple[int, ...]) -> None:
    assert array_of(ARRAYS, "a", np.int32, *shape) is ARRAYS["a"]


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [
        ("b", np.int32, (2, 3)),
        ("a", np.int64, (2, 3)),
        ("a", np.int32, (2, 2)),
        ("a", np.int32, (ANY,)),
        ("empty", np.int32, (ANY,)),
        ("nan", np.float32, (ANY,)),
    ],
)
def test_others_are_refused(name: str, dtype: Any, shape: tuple[int, ...]) -> None:
    others = {"empty": np.zeros(0, np.int32), "nan": np.full(1, np.nan, np.float32)}
    with pytest.raises(ValueError, match=name):
        array_of(ARRAYS | others, name, dtype, *shape)
