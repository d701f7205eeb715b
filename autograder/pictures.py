"""Image files of others, as squares of RGB: looked at before they are decoded.

Covers: formats that nobody asked for (the decoder knows dozens, with as many parsers to attack),
files that claim a billion pixels, and files that end too early, of which a decoder would make grey.

Does not cover: what a decoder does with five formats' remaining oddities.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".webp"})
MAX_PIXELS = 50_000_000
MAX_BYTES = 64 << 20

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PPM = re.compile(
    rb"P([2356])(?:\s+|#[^\n]*\n)+(\d+)(?:\s+|#[^\n]*\n)+(\d+)(?:\s+|#[^\n]*\n)+(\d+)\s"
)


class PictureError(Exception):
    """Bytes that are no usable image; says why, to follow a file's name."""


@dataclass(frozen=True)
class _Header:
    width: int
    height: int
    is_whole: bool


def read_picture(data: bytes, size: int) -> NDArray[np.uint8]:
    """Return an image file as RGB, shape (size, size, 3); the sides need not have been equal.

    Args:
        data: A JPEG, PNG, PPM, BMP or WebP.
        size: Height and width of what is returned, in pixels.

    Raises:
        PictureError: It is something else, damaged or far too large.
    """
    header = _header(data)
    if header is None:
        raise PictureError("no JPEG, PNG, PPM, BMP or WebP" if data else "an empty file")
    if not 0 < header.width * header.height <= MAX_PIXELS:
        raise PictureError(
            f"{header.width} x {header.height} pixels; at most {MAX_PIXELS:,} are read"
        )
    if not header.is_whole:
        raise PictureError("ends before the image does")
    image = _decoded(data)
    if image is None:
        raise PictureError("damaged")
    return _resized(image, size)


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    import cv2

    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, np.uint8)


def _resized(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return a square: shrunk by averaging, enlarged by interpolation.

    On uint8 both give the same bits on every CPU.
    """
    import cv2

    height, width = image.shape[:2]
    smaller = (min(width, size), min(height, size))
    resized: Any = image
    if smaller != (width, height):
        resized = cv2.resize(resized, smaller, interpolation=cv2.INTER_AREA)
    if smaller != (size, size):
        resized = cv2.resize(resized, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)


def _header(data: bytes) -> _Header | None:
    """Return what a file says of its image; None if it is of no kind that is read."""
    for magic, read in _KINDS:
        if magic.match(data):
            try:
                return read(data)
            except (struct.error, IndexError):
                return _Header(1, 1, is_whole=False)
    return None


def _png(data: bytes) -> _Header:
    width, height = struct.unpack_from(">II", data, 16)
    return _Header(width, height, data.find(b"IEND", 24) > 0)


def _jpeg(data: bytes) -> _Header:
    place = 2
    while True:
        while data[place] == 0xFF and data[place + 1] == 0xFF:
            place += 1  # fill bytes
        marker = data[place + 1]
        if data[place] != 0xFF or marker == 0xD9:
            return _Header(1, 1, is_whole=False)
        (length,) = struct.unpack_from(">H", data, place + 2)
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, place + 5)
            # What lies before, such as a thumbnail, may have had an end of its own.
            return _Header(width, height, data.find(b"\xff\xd9", place) > 0)
        place += 2 + length


def _ppm(data: bytes) -> _Header:
    found = _PPM.match(data)
    if not found or max(map(len, found.groups())) > 9:
        return _Header(1, 1, is_whole=False)
    kind, width, height, largest = map(int, found.groups())
    channels = 3 if kind in {3, 6} else 1
    per_value = 2 if largest > 255 or kind < 5 else 1  # as text, a digit and a space
    needed = width * height * channels * per_value - (kind < 5)
    return _Header(width, height, len(data) - found.end() >= needed)


def _bmp(data: bytes) -> _Header:
    (claimed, _, begin, header) = struct.unpack_from("<IIII", data, 2)
    layout = "<HH" if header == 12 else "<ii"
    width, height = struct.unpack_from(layout, data, 18)
    return _Header(abs(width), abs(height), len(data) >= max(claimed, begin))


def _webp(data: bytes) -> _Header:
    (claimed,) = struct.unpack_from("<I", data, 4)
    is_whole = len(data) >= claimed + 8
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", data, 26))
    return _Header(width, height, is_whole)


_KINDS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], _Header]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"P[2356]\s"), _ppm),
    (re.compile(rb"BM"), _bmp),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), _webp),
)
