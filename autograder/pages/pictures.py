"""Pictures inside a page: pixels as data URIs, by encoders that give the same bytes every time."""

from __future__ import annotations

import base64
import functools
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autograder.pages.plotting import import_matplotlib

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_PHOTO_QUALITY = 90
_SHOWN_MAP_SIDE = 16  # pixels, at least: a gap of one pixel looks thin beside that
_HEAT = (np.array((213, 94, 0), np.float32), np.array((0, 114, 178), np.float32))  # Okabe-Ito
_TRANSPARENT = 255  # of the palette's entries


def photo(pixels: Pixels) -> str:
    """Return a photograph as a data URI; RGB, shape (height, width, 3)."""
    image = np.ascontiguousarray(pixels, np.uint8)
    return _photo(image.tobytes(), image.shape)


@functools.lru_cache(maxsize=1024)  # the pictures of the classes are on every page
def _photo(content: bytes, shape: tuple[int, ...]) -> str:
    import cv2

    pixels = np.frombuffer(content, np.uint8).reshape(shape)
    done, file = cv2.imencode(
        ".webp", pixels[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, _PHOTO_QUALITY]
    )
    assert done
    return _data_uri(file.tobytes(), "webp")


def map_strips(maps: Floats, length: int) -> tuple[str, ...]:
    """Return feature maps side by side, from dark (least) to light (greatest of them all).

    Args:
        maps: Shape (count, rows, columns).
        length: How many stand in a strip; the last may be shorter, its end is clear.
    """
    values = np.nan_to_num(maps.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = values.min(initial=0.0), values.max(initial=0.0)
    levels = np.rint((values - low) / max(high - low, 1e-12) * (_TRANSPARENT - 1)).astype(np.uint8)
    factor = -(-_SHOWN_MAP_SIDE // max(1, min(levels.shape[1:])))
    levels = levels.repeat(factor, 1).repeat(factor, 2)
    return tuple(
        _data_uri(_png(_strip(levels[start : start + length], length), _viridis()), "png")
        for start in range(0, len(levels), length)
    )


def _strip(tiles: Pixels, length: int) -> Pixels:
    """Return tiles of shape (count, rows, columns) in a row, a clear pixel or two between them."""
    _, height, width = tiles.shape
    gap = max(1, width // 16)
    strip = np.full((height, length * (width + gap) - gap), _TRANSPARENT, np.uint8)
    for number, tile in enumerate(tiles):
        left = number * (width + gap)
        strip[:, left : left + width] = tile
    return strip


def heat_overlay(image: Pixels, heat: Floats, side: int) -> str:
    """Return an image in grey with a map over it: orange above 0, blue below, clear at 0.

    Args:
        image: RGB, shape (height, width, 3).
        heat: Shape (rows, columns), coarser than the image.
        side: Height and width of what is returned, in pixels.
    """
    import cv2

    coarse = np.nan_to_num(heat.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    values = np.asarray(cv2.resize(coarse, (side, side)), np.float32)
    values /= max(float(np.abs(values).max(initial=0.0)), 1e-6)
    grey = cv2.cvtColor(cv2.resize(image, (side, side)), cv2.COLOR_RGB2GRAY)[..., None]
    share = 0.85 * np.sqrt(np.abs(values))[..., None]
    warm, cold = _HEAT
    mixed = (1 - share) * (0.8 * grey + 30) + share * np.where(values[..., None] > 0, warm, cold)
    return photo(np.rint(mixed.clip(0, 255)).astype(np.uint8))


@functools.cache
def _viridis() -> Pixels:
    shades = import_matplotlib().colormaps["viridis"](np.linspace(0, 1, _TRANSPARENT))[:, :3]
    palette = np.vstack([shades, np.zeros((1, 3))])
    return np.asarray(np.rint(255 * palette), np.uint8)


def _png(levels: Pixels, palette: Pixels) -> bytes:
    """Return an indexed PNG (ISO/IEC 15948); the last of 256 colours is clear."""
    height, width = levels.shape
    rows = np.hstack([np.zeros((height, 1), np.uint8), levels])  # filter type 0 before each
    alpha = bytes([255] * _TRANSPARENT + [0])
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", palette.tobytes()),
            (b"tRNS", alpha),
            (b"IDAT", zlib.compress(rows.tobytes(), 9)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def _data_uri(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def photos(images: Pixels) -> Sequence[str]:
    """Return each of several photographs, shape (count, height, width, 3), as a data URI."""
    return [photo(image) for image in images]
