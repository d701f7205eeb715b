"""One physical sign with its pole, its neighbour and what hangs before it, weathered and lit.

Places are in *sign units*: (0, 0) is the middle of the sign, its box reaches from -0.5 to 0.5
across and down. So they follow the sign into any pose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.bank import Bank, Sign
from autograder.roadsigns.classes import CLASSES
from autograder.roadsigns.conditions import Conditions, Surroundings
from autograder.roadsigns.distributions import Dice, Uniform, happens
from autograder.roadsigns.weathering import headlights, light_up, weather

FloatImage = NDArray[np.float32]
Colour = tuple[float, float, float]
Place = tuple[float, float]


@dataclass(frozen=True)
class Face:
    """A sheet that stands in the scene.

    Attributes:
        image: RGBA, float32, colours multiplied by alpha.
        box: Left, top, right, bottom of the part of the image that is meant, in pixels.
        corners: Where the box's corners are, in sign units.
    """

    image: FloatImage
    box: tuple[int, int, int, int]
    corners: tuple[Place, ...]


@dataclass(frozen=True)
class Patch:
    """A polygon of one colour."""

    corners: tuple[Place, ...]
    colour: Colour


@dataclass(frozen=True)
class Plate:
    """What a car drives towards: painted in this order."""

    behind: tuple[Patch, ...]
    neighbour: Face | None
    sign: Face
    before: tuple[Patch, ...]


def rectangle(left: float, top: float, right: float, bottom: float) -> tuple[Place, ...]:
    """Return the corners, clockwise from the top left."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


WHOLE = rectangle(-0.5, -0.5, 0.5, 0.5)
"""The sign."""
_LEAF_COLOURS = ((0.10, 0.17, 0.05), (0.22, 0.30, 0.08), (0.38, 0.28, 0.08), (0.30, 0.14, 0.05))
_LEAF_CORNERS = 8


def make_plate(
    class_id: int, conditions: Conditions, bank: Bank, dice: Dice, *, night: bool
) -> Plate:
    """Return one physical sign, its surroundings and its weathering drawn at random."""
    around = conditions.surroundings
    sign = bank.sign(class_id, dice)
    colour, alpha = _light_of(sign)
    colour = weather(colour, alpha, conditions.weathering, dice)
    colour = light_up(colour, alpha, conditions.light, dice)
    if night:
        colour = headlights(colour, conditions.light, dice)
    behind: list[Patch] = []
    before: list[Patch] = []
    if happens(around.pole_chance, dice):
        behind.append(_pole(around, dice))
    if happens(around.board_chance, dice):
        behind.append(_board(around, dice))
    if happens(around.caption_chance, dice):
        behind += _caption(around, dice)
    if happens(around.twig_chance, dice):
        before.append(_twig(around, dice))
    if happens(around.leaves_chance, dice):
        before += _leaves(around, dice)
    return Plate(
        behind=tuple(behind),
        neighbour=_neighbour(bank, around, dice)
        if happens(around.neighbour_chance, dice)
        else None,
        sign=Face(_joined(colour, alpha), sign.box, WHOLE),
        before=tuple(before),
    )


def _light_of(sign: Sign) -> tuple[FloatImage, FloatImage]:
    """Return a sign's colours, multiplied by alpha, and its alpha."""
    whole = sign.image.astype(np.float32) * np.float32(1 / 255)
    red, green, blue, alpha = cv2.split(whole)
    colour = cv2.merge([red * alpha, green * alpha, blue * alpha])
    return np.asarray(colour, np.float32), np.asarray(alpha, np.float32)


def _joined(colour: FloatImage, alpha: FloatImage) -> FloatImage:
    return np.asarray(cv2.merge([*cv2.split(colour), alpha]), np.float32)


def _pole(around: Surroundings, dice: Dice) -> Patch:
    half = around.pole_width.draw(dice) / 200
    grey = around.pole_light.draw(dice)
    return Patch(rectangle(-half, 0.0, half, 2.0), (grey, grey, grey))


def _board(around: Surroundings, dice: Dice) -> Patch:
    half_width, half_height = (around.board_size.draw(dice) / 200 for _ in range(2))
    grey = Uniform(0.15, 1.0).draw(dice)
    blue = grey * Uniform(0.3, 1.0).draw(dice) if happens(0.3, dice) else grey
    corners = rectangle(-half_width, -half_height, half_width, half_height)
    return Patch(corners, (grey, (grey + blue) / 2, blue))


def _caption(around: Surroundings, dice: Dice) -> list[Patch]:
    """Return a pale plate below the sign with lines of what may be writing."""
    half, height = Uniform(0.3, 0.5).draw(dice), around.caption_height.draw(dice) / 100
    top = 0.5 + Uniform(0.0, 0.08).draw(dice)
    pale, ink = Uniform(0.6, 1.0).draw(dice), Uniform(0.05, 0.2).draw(dice)
    patches = [Patch(rectangle(-half, top, half, top + height), (pale, pale, pale))]
    lines = dice.between(1, 2)
    for line in range(lines):
        y = top + height * (line + 0.5) / lines
        left, right = -half * Uniform(0.3, 0.9).draw(dice), half * Uniform(0.3, 0.9).draw(dice)
        deep = height / lines * 0.2
        patches.append(Patch(rectangle(left, y - deep, right, y + deep), (ink, ink, ink)))
    return patches


def _neighbour(bank: Bank, around: Surroundings, dice: Dice) -> Face:
    """Return another sign of the same makers, above or below."""
    other = bank.sign(dice.below(len(CLASSES)), dice)
    colour, alpha = _light_of(other)
    colour *= np.float32(Uniform(0.5, 1.0).draw(dice))
    scale = around.neighbour_scale.draw(dice)
    gap = around.neighbour_gap.draw(dice) / 100
    middle = (0.5 + gap + scale / 2) * (-1 if happens(0.5, dice) else 1)
    corners = rectangle(-scale / 2, middle - scale / 2, scale / 2, middle + scale / 2)
    return Face(_joined(colour, alpha), other.box, corners)


def _twig(around: Surroundings, dice: Dice) -> Patch:
    x0, y0, x1, y1 = (Uniform(-0.6, 0.6).draw(dice) for _ in range(4))
    half = around.twig_width.draw(dice) / 200
    long = max(abs(x1 - x0), abs(y1 - y0), 0.01)
    across, down = half * (y1 - y0) / long, half * (x0 - x1) / long
    red, green, blue = (Uniform(0.0, 0.8).draw(dice) for _ in range(3))
    corners = (
        (x0 - across, y0 - down), (x0 + across, y0 + down),
        (x1 + across, y1 + down), (x1 - across, y1 - down),
    )  # fmt: skip
    return Patch(corners, (red, green, blue))


def _leaves(around: Surroundings, dice: Dice) -> list[Patch]:
    """Return leaves that hang in from one side."""
    side = dice.below(4)
    reach = around.leaves_reach.draw(dice) / 100
    leaves = []
    for _ in range(round(around.leaves.draw(dice))):
        along = Uniform(-0.7, 0.7).draw(dice)
        inwards = 0.6 - (0.15 + reach) * dice.random()
        x, y = ((along, -inwards), (inwards, along), (along, inwards), (-inwards, along))[side]
        leaves.append(_leaf(x, y, around.leaf_size.draw(dice) / 100, dice))
    return leaves


def _leaf(x: float, y: float, size: float, dice: Dice) -> Patch:
    angle, slim = Uniform(0.0, math.pi).draw(dice), Uniform(0.3, 0.7).draw(dice)
    cos, sin = round(math.cos(angle), 6), round(math.sin(angle), 6)
    corners = []
    for corner in range(_LEAF_CORNERS):
        turn = 2 * math.pi * corner / _LEAF_CORNERS
        along, across = size * round(math.cos(turn), 6), size * slim * round(math.sin(turn), 6)
        corners.append((x + cos * along - sin * across, y + sin * along + cos * across))
    light = Uniform(0.5, 1.5).draw(dice)
    red, green, blue = (light * v for v in _LEAF_COLOURS[dice.below(len(_LEAF_COLOURS))])
    return Patch(tuple(corners), (red, green, blue))
