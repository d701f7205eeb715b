"""One physical sign with its pole and neighbour, weathered and lit: what a car drives towards.

A *plate* is an image three signs high and wide with the sign in the middle, RGBA float32, colours
multiplied by alpha, linear light.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.roadsigns.classes import CLASSES
from autograder.roadsigns.conditions import Conditions, Passage, Uniform, happens
from autograder.roadsigns.drawing import Variant, designs, draw, draw_variant

FloatImage = NDArray[np.float32]

SIGN = 64
"""Pixels across a sign in its plate."""
SIDE = 3 * SIGN


@dataclass(frozen=True)
class Plate:
    """A plate and where the sign is on it.

    Attributes:
        image: Shape (192, 192, 4).
        centre: Of the sign, (across, down) in pixels.
        extent: The longer side of the sign, in pixels.
    """

    image: FloatImage
    centre: tuple[float, float]
    extent: float


def make_plate(class_id: int, conditions: Conditions, rng: Generator) -> Plate:
    """Return one physical sign, its surroundings and its weathering drawn at random."""
    passage = conditions.passage
    variant = draw_variant(rng, conditions.manufacture)
    sign = _weather(_render(class_id, variant, SIGN, rng), passage, rng)
    sign = _shade(sign, passage, rng)
    inside = sign[..., 3] > 0.5
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    image = np.zeros((SIDE, SIDE, 4), np.float32)
    if happens(passage.pole_chance, rng):
        _draw_pole(image, SIGN + (top + bottom) // 2, passage, rng)
    if happens(passage.neighbour_chance, rng):
        _hang_neighbour(image, variant, (SIGN + top, SIGN + bottom), passage, rng)
    _lay(sign, image, SIGN, SIGN)
    if happens(passage.twig_chance, rng):
        _hold_twig(image, passage, rng)
    centre = (SIGN + (left + right) / 2, SIGN + (top + bottom) / 2)
    return Plate(image, centre, float(max(right - left, bottom - top)))


def _render(class_id: int, variant: Variant, pixels: int, rng: Generator) -> FloatImage:
    choices = designs(class_id)
    design = choices[rng.integers(len(choices))]
    rgba = draw(design, variant, pixels).astype(np.float32) / np.float32(255)
    rgba[..., :3] *= rgba[..., 3:]
    return rgba


def _weather(sign: FloatImage, passage: Passage, rng: Generator) -> FloatImage:
    """Return the sign bleached by the sun and dulled by grime."""
    fading, dirt = np.float32(passage.fading.draw(rng)), np.float32(passage.dirt.draw(rng))
    dirt_light = np.float32(Uniform(0.0, 1.0).draw(rng))
    colour, alpha = sign[..., :3], sign[..., 3:]
    grey = (colour[..., :1] + colour[..., 1:2] + colour[..., 2:]) / np.float32(3)
    colour = colour * (1 - fading) + grey * fading
    colour = colour * (1 - dirt) + alpha * dirt * dirt_light
    return np.concatenate([colour, alpha], axis=-1)


def _shade(sign: FloatImage, passage: Passage, rng: Generator) -> FloatImage:
    """Return the sign in a shadow with a straight edge, in one of leaves, or in none."""
    kind = rng.random()
    dark = np.float32(passage.shadow_light.draw(rng))
    if kind < passage.shadow_edge_chance:
        angle = Uniform(0.0, 2 * math.pi).draw(rng)
        across, down = round(math.cos(angle), 6), round(math.sin(angle), 6)
        offset, softness = Uniform(-20.0, 20.0).draw(rng), Uniform(1.0, 12.0).draw(rng)
        at = np.arange(SIGN, dtype=np.float32) - np.float32(SIGN / 2)
        distance = at * np.float32(across) + (at * np.float32(down))[:, None]
        lit = np.clip((distance - np.float32(offset)) / np.float32(softness), 0, 1)
    elif kind < passage.shadow_edge_chance + passage.shadow_dapple_chance:
        cells = int(rng.integers(3, 12))
        noise = rng.random((cells, cells), np.float32)
        lit = cv2.resize(noise, (SIGN, SIGN), interpolation=cv2.INTER_LINEAR)
    else:
        return sign
    light = dark + (1 - dark) * lit
    return np.concatenate([sign[..., :3] * light[..., None], sign[..., 3:]], axis=-1)


def _draw_pole(image: FloatImage, top: int, passage: Passage, rng: Generator) -> None:
    width = max(1, round(passage.pole_width.draw(rng) * SIGN / 100))
    left = (SIDE - width) // 2
    image[top:, left : left + width, :3] = passage.pole_light.draw(rng)
    image[top:, left : left + width, 3] = 1


def _hang_neighbour(
    image: FloatImage, variant: Variant, taken: tuple[int, int], passage: Passage, rng: Generator
) -> None:
    """Put another sign of the same maker above or below the rows that are taken."""
    top, bottom = taken
    pixels = round(SIGN * min(passage.neighbour_scale.draw(rng), 1.0))
    other = _render(int(rng.integers(len(CLASSES))), variant, pixels, rng)
    rows = np.flatnonzero((other[..., 3] > 0.5).any(1))
    gap = round(passage.neighbour_gap.draw(rng) * SIGN / 100)
    above = happens(0.5, rng)
    y = top - gap - int(rows[-1]) - 1 if above else bottom + gap - int(rows[0])
    y = min(max(y, 0), SIDE - pixels)
    other[..., :3] *= np.float32(Uniform(0.5, 1.0).draw(rng))
    _lay(other, image, (SIDE - pixels) // 2, y)


def _lay(top: FloatImage, image: FloatImage, x: int, y: int) -> None:
    part = image[y : y + top.shape[0], x : x + top.shape[1]]
    part *= 1 - top[..., 3:]
    part += top


def _hold_twig(image: FloatImage, passage: Passage, rng: Generator) -> None:
    x0, y0, x1, y1 = (int(v) for v in rng.integers(SIGN, 2 * SIGN, 4))
    width = max(1, round(passage.twig_width.draw(rng) * SIGN / 100))
    red, green, blue = (Uniform(0.0, 0.8).draw(rng) for _ in range(3))
    cv2.line(image, (x0, y0), (x1, y1), (red, green, blue, 1.0), width)
