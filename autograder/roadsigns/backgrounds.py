"""What stands behind a road sign: sky, leaves, walls, wires. Shapes without meaning.

Like all that decides pixels here, this keeps to operations that give the same bits on every CPU:
sums and products element by element, and OpenCV's linear resize and drawing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns import textures
from autograder.roadsigns.distributions import Dice, Normal, Uniform, happens
from autograder.roadsigns.textures import three

FloatImage = NDArray[np.float32]
Colour = tuple[float, float, float]

# Leaves, earth, asphalt, blue sky, cloud, shade, brick, sandstone, dark wood, straw, dusk, autumn.
_PALETTE = (
    (0.13, 0.19, 0.11), (0.26, 0.23, 0.18), (0.42, 0.42, 0.44), (0.62, 0.72, 0.90),
    (0.95, 0.95, 0.98), (0.18, 0.18, 0.20), (0.40, 0.29, 0.21), (0.58, 0.54, 0.47),
    (0.08, 0.08, 0.07), (0.46, 0.41, 0.22), (0.34, 0.36, 0.46), (0.38, 0.24, 0.12),
)  # fmt: skip
_BRIGHTNESS, _TINGE = Uniform(0.5, 1.5), Normal(0.0, 0.02)
_GRAIN, _THRESHOLD, _HARDNESS = Uniform(0.0, 1.5), Normal(0.0, 0.8), Uniform(1.5, 8.0)


def draw_background(side: int, dice: Dice) -> FloatImage:
    """Return linear light, RGB, shape (side, side, 3), values 0..1."""
    ends = np.array([[colour(dice)], [colour(dice)]], np.float32)
    image = textures.enlarge(ends, side)
    grain = textures.grain(side, dice) * np.float32(_GRAIN.draw(dice))
    grain += np.float32(1)
    image *= grain
    for chance in (0.5, 0.25):
        if happens(chance, dice):
            image = _leaves(image, dice)
    if happens(0.75, dice):
        for _ in range(dice.between(0, 5)):
            _wall(image, dice)
    if happens(0.5, dice):
        for _ in range(dice.between(1, 8)):
            _wire(image, dice)
    return textures.clipped(image, 1)


def colour(dice: Dice) -> Colour:
    """Return the light of something that stands at roads."""
    base = _PALETTE[dice.below(len(_PALETTE))]
    brightness = _BRIGHTNESS.draw(dice)
    red, green, blue = (base[i] * brightness + _TINGE.draw(dice) for i in range(3))
    return red, green, blue


def light_lamps(image: FloatImage, number: int, dice: Dice) -> None:
    """Draw the lamps of streets and cars into the night, brighter than white."""
    side = len(image)
    for _ in range(number):
        glow, blue = Uniform(0.5, 6.0).draw(dice), Uniform(0.2, 1.0).draw(dice)
        at = (dice.below(side), dice.below(side))
        light = (glow, glow * (0.4 + 0.6 * blue), glow * blue)
        cv2.circle(image, at, max(1, round(Uniform(0.005, 0.025).draw(dice) * side)), light, -1)


def _leaves(image: FloatImage, dice: Dice) -> FloatImage:
    """Return the image with gaps in it through which another colour shows."""
    field = textures.patches(len(image), dice) - np.float32(_THRESHOLD.draw(dice))
    gap = three(textures.clipped(field * np.float32(_HARDNESS.draw(dice)) + np.float32(0.5), 1))
    behind = textures.row(colour(dice), len(image))
    image *= 1 - gap
    gap *= behind
    image += gap
    return image


def _wall(image: FloatImage, dice: Dice) -> None:
    side = len(image)
    x, y = (round((dice.random() * 1.2 - 0.2) * side) for _ in range(2))
    width, height = (round((0.08 + 0.6 * dice.random()) * side) for _ in range(2))
    cv2.rectangle(image, (x, y), (x + width, y + height), colour(dice), -1)


def _wire(image: FloatImage, dice: Dice) -> None:
    side = len(image)
    x0, y0, x1, y1 = (round((dice.random() * 1.2 - 0.1) * side) for _ in range(4))
    width = max(1, round(dice.between(1, 4) * side / 96))
    cv2.line(image, (x0, y0), (x1, y1), colour(dice), width)
