"""Twelve ways in which a photograph of a sign can be worse than any that a network was shown.

Families and grading follow Hendrycks & Dietterich, "Benchmarking neural network robustness to
common corruptions and perturbations", ICLR 2019 (arXiv 1903.12261); formulas and strengths are our
own, for photographs of 32x32 pixels. Lengths are shares of the image's side, so that an image of
another size is spoiled alike. At severity 1 a person hardly minds; at 5 most signs can still be
told. Rotation, translation and occlusion are not in that paper: see their docstrings.

Every function takes and returns uint8 RGB, shape (height, width, 3); severity is 1 to 5. The same
generator gives the same bits on every CPU: whole numbers throughout, but for one product of floats
in `noise`; shifts, turns and blurs are not OpenCV's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.config import CorruptionName

Photo = NDArray[np.uint8]
Corruption = Callable[[Photo, int, Generator], Photo]
_Whole = NDArray[np.int64]

_FINE = 8  # steps to a pixel, where a shape is drawn into a kernel
_FLAKE_GRID = 32


def noise(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Add Gaussian noise to every channel, as a sensor does in the dark."""
    deviation = (8, 14, 21, 29, 38)[severity - 1]
    grain = np.rint(rng.standard_normal(photo.shape, np.float32) * np.float32(deviation))
    return _bytes(photo + grain.astype(np.int64))


def defocus_blur(photo: Photo, severity: int, rng: Generator) -> Photo:  # noqa: ARG001
    """Spread each point over a disc, as a lens that is out of focus does."""
    radius = (0.022, 0.032, 0.043, 0.056, 0.072)[severity - 1] * min(photo.shape[:2])
    return _averaged(photo, _disc(radius))


def motion_blur(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Smear the photograph along a line of any direction, as a shaking camera does."""
    length = (0.07, 0.1, 0.14, 0.19, 0.24)[severity - 1] * min(photo.shape[:2])
    return _averaged(photo, _line(length, int(rng.integers(360))))


def fog(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Lay light grey over it, in clouds: in places up to half as dense again as on average."""
    density = (60, 88, 114, 138, 160)[severity - 1]
    grey = int(rng.integers(190, 236))
    return _blended(photo, grey, density * (128 + _clouds(photo.shape[:2], rng)) // 256)


def snow(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Pale the photograph, and let flakes fall through it, aslant and smeared."""
    per_mille, paleness = ((20, 16), (34, 26), (52, 36), (75, 46), (105, 56))[severity - 1]
    height, width = photo.shape[:2]
    hits = rng.integers(1000, size=(_FLAKE_GRID, _FLAKE_GRID)) < per_mille
    flakes = hits.astype(np.uint8) * np.uint8(255)
    flakes = _stretched(flakes, (height, width))
    falling = _line(0.09 * min(height, width), int(rng.integers(50, 131)))
    white = np.minimum(2 * _averaged(flakes[..., None], falling).astype(np.int64), 256)
    return _blended(_blended(photo, 235, np.array(paleness)), 255, white[..., 0])


def brightness(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Expose it too long or too short, by the same factor; each in half of all photographs."""
    percent = (130, 160, 195, 240, 300)[severity - 1]
    light = photo.astype(np.int64)
    too_long = bool(rng.integers(2))
    return _bytes(_divided(light * percent, 100) if too_long else _divided(light * 100, percent))


def contrast(photo: Photo, severity: int, rng: Generator) -> Photo:  # noqa: ARG001
    """Draw every pixel towards the mean of the photograph, as haze and dirty glass do."""
    percent = (70, 52, 38, 27, 18)[severity - 1]
    mean = int(photo.sum(dtype=np.int64)) // photo.size
    return _bytes(mean + _divided((photo.astype(np.int64) - mean) * percent, 100))


def jpeg(photo: Photo, severity: int, rng: Generator) -> Photo:  # noqa: ARG001
    """Write and read it as a JPEG file of low quality."""
    quality = (45, 28, 18, 12, 8)[severity - 1]
    _, file = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    read = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(read[..., ::-1])


def pixelate(photo: Photo, severity: int, rng: Generator) -> Photo:  # noqa: ARG001
    """Make a mosaic of it, as of a sign that is far away: squares of about one colour each."""
    share = (0.72, 0.58, 0.47, 0.39, 0.32)[severity - 1]
    mosaic = photo.astype(np.int64)
    for axis in (0, 1):
        side = photo.shape[axis]
        parts = round(share * min(side, 32))
        starts = np.arange(parts) * side // parts
        sizes = np.diff(starts, append=side)
        along = [-1 if other == axis else 1 for other in range(photo.ndim)]
        means = _divided(np.add.reduceat(mosaic, starts, axis), sizes.reshape(along))
        mosaic = np.repeat(means, sizes, axis)
    return _bytes(mosaic)


def rotation(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Turn it about its middle, left or right (Engstrom et al., ICML 2019, arXiv 1712.02779)."""
    degrees = (6, 10, 15, 20, 26)[severity - 1] * (1 if rng.integers(2) else -1)
    return _moved(photo, degrees, 0.0, 0.0)


def translation(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Shift it in any direction, as a detector's box that sits badly (Engstrom et al., 2019)."""
    length = (0.05, 0.08, 0.12, 0.16, 0.2)[severity - 1] * min(photo.shape[:2])
    right, down = _direction(int(rng.integers(360)))
    return _moved(photo, 0, right * length, down * length)


def occlusion(photo: Photo, severity: int, rng: Generator) -> Photo:
    """Hide a rectangle of it behind one colour (DeVries & Taylor, 2017, arXiv 1708.04552)."""
    area = (0.05, 0.09, 0.14, 0.2, 0.27)[severity - 1]
    height, width = photo.shape[:2]
    stretch = int(rng.integers(60, 168)) / 100
    tall, wide = (round(math.sqrt(part) * side) for part, side in
                  ((area * stretch, height), (area / stretch, width)))  # fmt: skip
    top, left = (int(rng.integers(side + 1)) for side in (height - tall, width - wide))
    hidden = photo.copy()
    hidden[top : top + tall, left : left + wide] = rng.integers(256, size=3)
    return hidden


CORRUPTIONS: Mapping[CorruptionName, Corruption] = {
    "noise": noise,
    "defocus_blur": defocus_blur,
    "motion_blur": motion_blur,
    "fog": fog,
    "snow": snow,
    "brightness": brightness,
    "contrast": contrast,
    "jpeg": jpeg,
    "pixelate": pixelate,
    "rotation": rotation,
    "translation": translation,
    "occlusion": occlusion,
}


def _bytes(light: _Whole) -> Photo:
    return np.clip(light, 0, 255).astype(np.uint8)


def _divided(values: _Whole, by: int | _Whole) -> _Whole:
    """Return the quotients, rounded."""
    return (values + by // 2) // by


def _blended(photo: Photo, grey: int, share: _Whole) -> Photo:
    """Return the photograph with a share of it, in 256ths, replaced by a grey."""
    share = share[..., None]
    return _bytes((photo * (256 - share) + grey * share + 128) >> 8)


def _averaged(photo: Photo, kernel: _Whole) -> Photo:
    """Return each pixel's mean under a kernel of whole weights and odd sides; edges are repeated.

    By running sums, so that a large kernel takes time for its outline only.
    """
    height, width = photo.shape[:2]
    down, right = (side // 2 for side in kernel.shape)
    padded = np.pad(photo, ((down, down), (right + 1, right), (0, 0)), mode="edge")
    sums = padded.cumsum(axis=1, dtype=np.int64)
    total = np.zeros(photo.shape, np.int64)
    for y, row in enumerate(kernel):
        changes = np.diff(row, prepend=0, append=0)
        for x in np.flatnonzero(changes):
            total -= changes[x] * sums[y : y + height, x : x + width]
    return _bytes(_divided(total, int(kernel.sum())))


@functools.cache
def _disc(radius: float) -> _Whole:
    """Return a kernel whose weights say how much of a pixel lies in the disc; radius in pixels."""
    side = 2 * math.ceil(radius - 0.5) + 1
    from_middle = 2 * np.arange(side * _FINE) + 1 - side * _FINE
    squares = from_middle * from_middle
    inside = squares[:, None] + squares <= math.floor((2 * _FINE * radius) ** 2)
    return np.asarray(inside.reshape(side, _FINE, side, _FINE).sum(axis=(1, 3)))


@functools.cache
def _line(length: float, direction_deg: int) -> _Whole:
    """Return a kernel whose weights say how much of the line lies in a pixel; length in pixels."""
    right, down = _direction(direction_deg)
    reach = math.ceil(length / 2)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.int64)
    steps = _FINE * reach
    for step in range(-steps, steps + 1):
        along = step / steps * length / 2
        kernel[reach + round(down * along), reach + round(right * along)] += 1
    return kernel


def _direction(degrees: int) -> tuple[float, float]:
    """Return cosine and sine, rounded: C libraries differ in the last bits."""
    angle = math.radians(degrees)
    return round(math.cos(angle), 6), round(math.sin(angle), 6)


def _clouds(shape: tuple[int, ...], rng: Generator) -> _Whole:
    """Return four octaves of smooth noise, 0..255."""
    total = np.zeros(shape, np.int64)
    for octave in range(4):
        cells = 2 << octave
        grid = rng.integers(256, size=(cells, cells)).astype(np.uint8)
        total += _stretched(grid, shape).astype(np.int64) << (3 - octave)
    return total // 15


def _stretched(grid: Photo, shape: tuple[int, ...]) -> Photo:
    """Return a grid as large as an image, by interpolation in whole numbers."""
    size = shape[1], shape[0]
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)


def _moved(photo: Photo, degrees: int, right: float, down: float) -> Photo:
    """Return it turned about its middle, then shifted by so many pixels; edges are repeated.

    Places are in 256ths of a pixel, linearly interpolated.
    """
    height, width = photo.shape[:2]
    cosine, sine = (round(65536 * value) for value in _direction(degrees))
    # Twice the way from the middle, which may lie between two pixels.
    x = 2 * np.arange(width)[None, :] - (width - 1) - round(2 * right)
    y = 2 * np.arange(height)[:, None] - (height - 1) - round(2 * down)
    across = ((cosine * x + sine * y) >> 9) + 128 * (width - 1)
    along = ((cosine * y - sine * x) >> 9) + 128 * (height - 1)
    left, x_share = _split(across, width)
    top, y_share = _split(along, height)
    below, beyond = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    light = photo.astype(np.int64)
    upper = light[top, left] * (256 - x_share) + light[top, beyond] * x_share
    lower = light[below, left] * (256 - x_share) + light[below, beyond] * x_share
    return _bytes((upper * (256 - y_share) + lower * y_share + (1 << 15)) >> 16)


def _split(place: _Whole, side: int) -> tuple[_Whole, _Whole]:
    """Return the pixel that a place lies in, kept to the image, and how far beyond it."""
    kept = np.clip(place, 0, 256 * (side - 1))
    return kept >> 8, (kept & 255)[..., None]
