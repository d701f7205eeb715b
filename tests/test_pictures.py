"""Reading images of others: the right pixels, or why not."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.pictures import MAX_PIXELS, PictureError, read_picture

KINDS = [".bmp", ".jpg", ".png", ".ppm", ".webp"]


def picture(width: int = 40, height: int = 24) -> NDArray[np.uint8]:
    """A gradient with a red left half, as OpenCV wants it: BGR."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2, 2] = 200
    image[..., 1] = np.linspace(0, 120, height, dtype=np.uint8)[:, None]
    return image


def encoded(suffix: str, image: NDArray[np.uint8] | None = None) -> bytes:
    done, data = cv2.imencode(suffix, picture() if image is None else image)
    assert done
    return bytes(data)


@pytest.mark.parametrize("suffix", KINDS)
def test_every_kind_is_read_as_rgb(suffix: str) -> None:
    image = read_picture(encoded(suffix), 32)
    assert image.shape == (32, 32, 3)
    assert image.dtype == np.uint8
    assert image[:, 2, 0].min() > 170  # red comes first
    assert image[:, -3, 0].max() < 40


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9])
def test_a_file_that_ends_early_is_refused(suffix: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    data = encoded(suffix, noise)
    with pytest.raises(PictureError):
        read_picture(data[: int(len(data) * share)], 32)


def test_grey_images_have_three_channels() -> None:
    grey = np.full((20, 20), 77, np.uint8)
    assert (read_picture(encoded(".png", grey), 16) == 77).all()


def test_an_image_of_the_right_size_is_left_as_it_is() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    assert (read_picture(encoded(".png", noise), 32) == noise[..., ::-1]).all()


@pytest.mark.parametrize(("width", "height"), [(256, 4), (4, 256)])
def test_a_long_side_is_averaged_even_if_the_other_one_grows(width: int, height: int) -> None:
    """Stripes one pixel wide: picked instead of averaged, they would stay black and white."""
    stripes = np.indices((height, width)).sum(axis=0) % 2 * 255
    image = read_picture(encoded(".png", stripes.astype(np.uint8)), 16)
    assert image.min() > 100
    assert image.max() < 155


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    parts = [struct.pack(">I", len(header)), chunk, struct.pack(">I", zlib.crc32(chunk))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + b"\0\0\0\0IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"GIF89a" + bytes(100), "no JPEG, PNG"),
        (b"II*\0" + bytes(100), "no JPEG, PNG"),
        (b"<svg></svg>", "no JPEG, PNG"),
        (png_claiming(100_000, 100_000), "100000 x 100000 pixels"),
        (png_claiming(MAX_PIXELS + 1, 1), "at most 50,000,000"),
        (png_claiming(0, 5), "0 x 5 pixels"),
        (png_claiming(5, 5), "damaged"),
        (b"P6\n99999 99999\n255\n", "99999 x 99999 pixels"),
        (b"P6\n9 9\n255\n" + bytes(242), "ends before"),
        (b"P6\n" + b"9" * 5000 + b" 9\n255\n", "ends before"),
        (b"P6 nonsense", "ends before"),
        (b"\xff\xd8\xff\xd9", "ends before"),
        (b"BM" + bytes(40), "0 x 0 pixels"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, words: str) -> None:
    with pytest.raises(PictureError, match=words):
        read_picture(data, 16)
