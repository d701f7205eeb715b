"""The camera: from light in the view to the bytes of one photograph.

The first steps take and return linear light, float32 RGB; the last ones bytes. All keep to
operations that give the same bits on every x86-64 CPU with AVX2: no float cubic resize, no powers,
no sums over many elements.
"""

from __future__ import annotations

import functools
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns import textures
from autograder.roadsigns.distributions import Dice

FloatImage = NDArray[np.float32]
Photo = NDArray[np.uint8]


def expose(
    light: FloatImage, factors: tuple[float, float, float], veil: tuple[float, float, float]
) -> FloatImage:
    """Return light times a factor plus a veil, both for red, green and blue."""
    exposed = light * textures.row(factors, len(light))
    exposed += textures.row(veil, len(light))
    return exposed


def blur(light: FloatImage, deviation: float) -> FloatImage:
    """Return the light out of focus; deviation in pixels."""
    if deviation < 0.2:  # nothing to be seen
        return light
    return np.asarray(cv2.GaussianBlur(light, (0, 0), deviation), np.float32)


def move(light: FloatImage, length: float, direction_deg: float) -> FloatImage:
    """Return the light smeared by a movement of `length` pixels during the exposure."""
    side = int(length) | 1
    centre, angle = side // 2, math.radians(direction_deg)
    across = round(round(math.cos(angle), 6) * centre)
    down = round(round(math.sin(angle), 6) * centre)
    path = np.zeros((side, side), np.uint8)
    cv2.line(path, (centre - across, centre - down), (centre + across, centre + down), 1)
    kernel = path.astype(np.float32) / np.float32(path.sum(dtype=np.int64))
    return np.asarray(cv2.filter2D(light, -1, kernel), np.float32)


def sample(light: FloatImage, resolution: int) -> FloatImage:
    """Return the light as a square of so many pixels of the camera."""
    if resolution >= len(light):
        return light
    size = (resolution, resolution)
    return np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)


def add_noise(light: FloatImage, deviation: float, dice: Dice) -> FloatImage:
    """Return the light with the noise of a sensor: most in bright pixels, some in black."""
    grain = textures.sensor_noise(len(light), dice) * np.float32(deviation)
    grain *= np.sqrt(light + np.float32(0.05))
    grain += light
    return grain


def add_blotches(light: FloatImage, share: float, dice: Dice) -> FloatImage:
    """Return the light with coarse coloured noise, as cheap cameras leave it."""
    cells = textures.sensor_noise(max(2, len(light) // 2), dice)
    coarse = textures.enlarge(cells, len(light)) * np.float32(share)
    coarse += np.float32(1)
    coarse *= light
    return coarse


def develop(light: FloatImage) -> Photo:
    """Return light as bytes, clipped to 0..1."""
    levels = light * np.float32(255)
    levels += np.float32(0.5)
    return textures.clipped(levels, 255).astype(np.uint8)


def tone(photo: Photo, gamma: float) -> Photo:
    """Return the photograph with its light to the power of gamma, which counts to two decimals."""
    return np.asarray(cv2.LUT(photo, _power(round(gamma, 2))), np.uint8)


@functools.cache
def _power(exponent: float) -> Photo:
    grey = [round(255 * math.exp(exponent * math.log(level / 255))) for level in range(1, 255)]
    return np.array([0, *grey, 255], np.uint8)


def mosaic(photo: Photo) -> Photo:
    """Return the photograph with two of three colours of each pixel guessed from its neighbours.

    The sensor sees one colour a pixel: red and green in even rows, green and blue in odd ones
    (B. Bayer, US patent 3,971,065, 1976); OpenCV guesses along edges, not across.
    """
    raw = np.ascontiguousarray(photo[..., 1])
    raw[::2, ::2] = photo[::2, ::2, 0]
    raw[1::2, 1::2] = photo[1::2, 1::2, 2]
    return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB_EA), np.uint8)


def sharpen(photo: Photo, share: float) -> Photo:
    """Return the photograph with its detail added again, halos and all."""
    light = photo.astype(np.float32) * np.float32(1 / 255)
    detail = light - cv2.GaussianBlur(light, (5, 5), 1.0)
    detail *= np.float32(share)
    detail += light
    return develop(detail)


def compress(photo: Photo, quality: int) -> Photo:
    """Return the photograph after a JPEG file; quality 0..100."""
    _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def resize(photo: Photo, size: int, *, smooth: bool) -> Photo:
    """Return the photograph as a square of `size` pixels, averaged or picked from the larger."""
    how = cv2.INTER_AREA if smooth and len(photo) > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(photo, (size, size), interpolation=how), np.uint8)
