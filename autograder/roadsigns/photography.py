"""The camera: from light in the view to the bytes of one photograph.

Each step takes and returns linear light, float32 RGB, and keeps to operations that give the same
bits on every x86-64 CPU with AVX2: no float cubic resize, no powers, no sums over many elements.
"""

from __future__ import annotations

import functools
import math

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

FloatImage = NDArray[np.float32]

_TONE_STEPS = 1023


def add_haze(light: FloatImage, share: float, haze_light: float) -> FloatImage:
    """Return the light with a share of it replaced by grey."""
    return light * np.float32(1 - share) + np.float32(share * haze_light)


def tint(light: FloatImage, warmth: float, green: float) -> FloatImage:
    """Return the light in a warmer (above 0) or cooler colour temperature."""
    factors = [round(math.exp(value), 6) for value in (warmth, green, -warmth)]
    return np.asarray(light * np.array(factors, np.float32), np.float32)


def blur(light: FloatImage, deviation: float) -> FloatImage:
    """Return the light out of focus; deviation in pixels of the view."""
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


def tone_curve(gamma: float) -> FloatImage:
    """Return x to the power of gamma, to two decimals, for 1024 steps of x from 0 to 1."""
    return _power(round(gamma, 2))


@functools.cache
def _power(exponent: float) -> FloatImage:
    steps = (i / _TONE_STEPS for i in range(1, _TONE_STEPS))
    grey = [round(math.exp(exponent * math.log(step)), 6) for step in steps]
    return np.array([0.0, *grey, 1.0], np.float32)


def expose(light: FloatImage, exposure: float, curve: FloatImage) -> FloatImage:
    """Return what the sensor makes of the light: clipped at 1, then the tone curve."""
    steps = np.clip(light * np.float32(exposure), 0, 1) * np.float32(_TONE_STEPS) + np.float32(0.5)
    return np.asarray(np.take(curve, steps.astype(np.int32)), np.float32)


def sample(light: FloatImage, resolution: int) -> FloatImage:
    """Return the light as a square of so many pixels of the camera."""
    size = (resolution, resolution)
    return np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)


def sharpen(light: FloatImage, share: float) -> FloatImage:
    """Return the light with its detail added again, halos and all."""
    detail = light - cv2.GaussianBlur(light, (0, 0), 1.0)
    return np.asarray(np.clip(light + np.float32(share) * detail, 0, 1), np.float32)


def add_noise(light: FloatImage, deviation: float, rng: Generator) -> FloatImage:
    """Return the light with the noise of a sensor: most in bright pixels, some in black."""
    grain = rng.standard_normal(light.shape, np.float32)
    root = np.sqrt(light + np.float32(0.05))
    return np.asarray(light + np.float32(deviation) * root * grain, np.float32)


def add_blotches(light: FloatImage, share: float, rng: Generator) -> FloatImage:
    """Return the light with coarse coloured noise, as cheap cameras leave it."""
    cells = max(2, light.shape[0] // 2)
    noise = rng.standard_normal((cells, cells, 3), np.float32)
    coarse = cv2.resize(noise, light.shape[:2], interpolation=cv2.INTER_LINEAR)
    return np.asarray(light * (1 + np.float32(share) * coarse), np.float32)


def develop(light: FloatImage) -> NDArray[np.uint8]:
    """Return light 0..1 as bytes."""
    return (np.clip(light, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def compress(photo: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Return the photograph after a JPEG file; quality 0..100."""
    _, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def resize(photo: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return the photograph as a square of `size` pixels."""
    how = cv2.INTER_AREA if photo.shape[0] > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(photo, (size, size), interpolation=how), np.uint8)
