"""What stands behind a road sign: sky, leaves, walls, wires. Shapes without meaning.

Like all that decides pixels here, this keeps to operations that give the same bits on every CPU:
sums and products element by element, and OpenCV's linear resize and drawing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.roadsigns.conditions import Normal, Uniform, happens

FloatImage = NDArray[np.float32]

SIDE = 128
"""Height and width of a background, in pixels of the view; twice the view."""

# Leaves, earth, asphalt, blue sky, cloud, shade, brick, sandstone, night, straw.
_PALETTE = (
    (0.15, 0.25, 0.12), (0.30, 0.28, 0.20), (0.45, 0.45, 0.45), (0.75, 0.82, 0.92),
    (0.95, 0.95, 0.97), (0.20, 0.20, 0.22), (0.50, 0.35, 0.20), (0.60, 0.55, 0.45),
    (0.08, 0.10, 0.07), (0.55, 0.50, 0.20),
)  # fmt: skip
_GRAIN_CELLS = (5, 12, 27, 60)
_LEAF_CELLS = (8, 19, 45)


def draw_background(rng: Generator) -> FloatImage:
    """Return linear light, RGB, shape (128, 128, 3), values 0..1."""
    image = _gradient(rng) * (1 + _grain(rng))
    if happens(0.35, rng):
        image = _leaves(image, rng)
    image = np.ascontiguousarray(image, np.float32)
    for _ in range(rng.integers(0, 6)):
        _wall(image, rng)
    if happens(0.6, rng):
        for _ in range(rng.integers(0, 12)):
            _wire(image, rng)
    return np.asarray(np.clip(image, 0, 1), np.float32)


def _colour(rng: Generator) -> tuple[float, float, float]:
    base = _PALETTE[rng.integers(len(_PALETTE))]
    brightness = Uniform(0.7, 1.3).draw(rng)
    red, green, blue = (base[i] * brightness + Normal(0.0, 0.03).draw(rng) for i in range(3))
    return red, green, blue


def _gradient(rng: Generator) -> FloatImage:
    top, bottom = np.array(_colour(rng), np.float32), np.array(_colour(rng), np.float32)
    down = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None, None]
    return np.repeat(top * (1 - down) + bottom * down, SIDE, axis=1)


def _grain(rng: Generator) -> FloatImage:
    """Return coloured noise of several grain sizes, around 0."""
    total = np.zeros((SIDE, SIDE, 3), np.float32)
    strength = Uniform(0.0, 1.1).draw(rng)
    for cells in _GRAIN_CELLS:
        amount = np.float32(0.25 * strength * Uniform(0.0, 1.4).draw(rng))
        grey = rng.standard_normal((cells, cells, 1), np.float32)
        colour = rng.standard_normal((cells, cells, 3), np.float32)
        total += amount * _enlarge(grey + np.float32(0.25) * colour)
    return total


def _leaves(image: FloatImage, rng: Generator) -> FloatImage:
    """Return the image with gaps in it through which another colour shows."""
    field = np.zeros((SIDE, SIDE), np.float32)
    for cells in _LEAF_CELLS:
        field += _enlarge(rng.standard_normal((cells, cells), np.float32))
    threshold = np.float32(Normal(0.0, 1.0).draw(rng))
    gap = np.clip((field - threshold) * np.float32(2.5) + np.float32(0.5), 0, 1)[..., None]
    behind = np.array(_colour(rng), np.float32)
    return np.asarray(image * (1 - gap) + behind * gap, np.float32)


def _wall(image: FloatImage, rng: Generator) -> None:
    x, y = (int(v) for v in rng.integers(-20, SIDE, 2))
    width, height = (int(v) for v in rng.integers(10, 80, 2))
    cv2.rectangle(image, (x, y), (x + width, y + height), _colour(rng), -1)


def _wire(image: FloatImage, rng: Generator) -> None:
    x0, y0, x1, y1 = (int(v) for v in rng.integers(-10, SIDE + 10, 4))
    cv2.line(image, (x0, y0), (x1, y1), _colour(rng), int(rng.integers(1, 5)))


def _enlarge(noise: FloatImage) -> FloatImage:
    large = cv2.resize(noise, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)
