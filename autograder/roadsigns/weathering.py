"""What years and light do to the face of a sign: a square image of it, its colours and its alpha.

Colours are linear light, float32 RGB, multiplied by alpha. Each step returns new colours.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns import textures
from autograder.roadsigns.conditions import Light, Weathering
from autograder.roadsigns.distributions import Dice, Uniform, happens
from autograder.roadsigns.textures import clipped, three

FloatImage = NDArray[np.float32]
Mask = NDArray[np.uint8]
Colour = tuple[float, float, float]

_ANY_LIGHT = Uniform(0.0, 1.0)
_SNOW_WHITE = (0.85, 0.88, 0.93)
_FINE = 4
"""Bits of a fraction of a pixel in OpenCV's drawing."""


def weather(colour: FloatImage, alpha: FloatImage, worn: Weathering, dice: Dice) -> FloatImage:
    """Return the sign as years left it."""
    colour = bleach(colour, worn.fading.draw(dice))
    colour = soil(colour, alpha, worn.grime.draw(dice), _ANY_LIGHT.draw(dice))
    marks: tuple[tuple[float, Callable[[int, Weathering, Dice], tuple[FloatImage, Colour]]], ...]
    marks = (
        (worn.dirt_chance, dirt),
        (worn.scratches_chance, scratches),
        (worn.graffiti_chance, graffiti),
        (worn.snow_chance, snow),
    )
    for chance, mark in marks:
        if happens(chance, dice):
            colour = paint(colour, alpha, *mark(len(alpha), worn, dice))
    if happens(worn.sticker_chance, dice):
        for _ in range(round(worn.stickers.draw(dice))):
            colour = paint(colour, alpha, *sticker(len(alpha), worn, dice))
    return colour


def light_up(colour: FloatImage, alpha: FloatImage, light: Light, dice: Dice) -> FloatImage:
    """Return the sign in a shadow with a straight edge, in one of leaves, or in none; glare."""
    kind, side = dice.random(), len(alpha)
    if kind < light.shadow_edge_chance + light.shadow_dapple_chance:
        dark = np.float32(light.shadow_light.draw(dice))
        lit = edge(side, dice) if kind < light.shadow_edge_chance else dapple(side, dice)
        colour = colour * three(dark + (1 - dark) * lit)
    if happens(light.glare_chance, dice):
        spot = beam(side, light.glare_size.draw(dice), dice)
        colour = colour + three(np.float32(light.glare.draw(dice)) * spot * alpha)
    return colour


def headlights(colour: FloatImage, light: Light, dice: Dice) -> FloatImage:
    """Return the sign in the beam of a car at night."""
    weakest = np.float32(light.headlight_edge.draw(dice))
    spot = beam(len(colour), 160.0, dice)
    return colour * three(weakest + (1 - weakest) * spot)


def bleach(colour: FloatImage, share: float) -> FloatImage:
    """Return colours a share nearer to grey."""
    red, green, blue = cv2.split(colour)
    grey = (red + green + blue) * np.float32(share / 3)
    return colour * np.float32(1 - share) + three(np.asarray(grey, np.float32))


def soil(colour: FloatImage, alpha: FloatImage, share: float, dirt_light: float) -> FloatImage:
    """Return the sign under an even film."""
    return colour * np.float32(1 - share) + three(alpha * np.float32(share * dirt_light))


def paint(colour: FloatImage, alpha: FloatImage, mask: FloatImage, paint: Colour) -> FloatImage:
    """Return the sign with a colour where the mask, 0..1, says."""
    cover = mask * alpha
    painted = cv2.merge([cover * np.float32(channel) for channel in paint])
    return np.asarray(colour * three(1 - mask) + painted, np.float32)


def dirt(side: int, worn: Weathering, dice: Dice) -> tuple[FloatImage, Colour]:
    """Return where mud and algae stick, and their colour."""
    amount = np.float32(worn.dirt.draw(dice))
    blots = textures.patches(side, dice) - np.float32(Uniform(-0.3, 0.8).draw(dice))
    brown = Uniform(0.05, 0.35).draw(dice)
    mask = clipped(blots * np.float32(1.2), 1) * amount
    return mask, (brown, brown * Uniform(0.8, 1.1).draw(dice), brown * Uniform(0.5, 0.8).draw(dice))


def scratches(side: int, worn: Weathering, dice: Dice) -> tuple[FloatImage, Colour]:
    """Return where the foil is scratched through, and what shows below."""
    mask = np.zeros((side, side), np.uint8)
    for _ in range(round(worn.scratches.draw(dice))):
        ends = [_place(side, dice) for _ in range(2)]
        cv2.line(mask, ends[0], ends[1], 255, max(1, side // 64), cv2.LINE_AA, _FINE)
    grey = Uniform(0.2, 0.8).draw(dice)
    return _share(mask) * np.float32(Uniform(0.4, 1.0).draw(dice)), (grey, grey, grey)


def graffiti(side: int, worn: Weathering, dice: Dice) -> tuple[FloatImage, Colour]:
    """Return a scribble of the spray can, and its colour."""
    mask = np.zeros((side, side), np.uint8)
    width = max(1, round(worn.graffiti_width.draw(dice) * side / 100))
    at = _place(side, dice)
    for _ in range(dice.between(4, 10)):
        to = _place(side, dice)
        middle = ((at[0] + to[0]) // 2, (at[1] + to[1]) // 2)
        cv2.line(mask, at, middle, 255, width, cv2.LINE_AA, _FINE)
        at = middle
    return _share(mask), _any_colour(dice)


def sticker(side: int, worn: Weathering, dice: Dice) -> tuple[FloatImage, Colour]:
    """Return where somebody put a sticker, and its colour."""
    mask = np.zeros((side, side), np.uint8)
    size = worn.sticker_size.draw(dice) * side / 100
    x, y = (Uniform(0.2, 0.8).draw(dice) * side for _ in range(2))
    if happens(0.3, dice):
        at = (round(x * (1 << _FINE)), round(y * (1 << _FINE)))
        cv2.circle(mask, at, round(size / 2 * (1 << _FINE)), 255, -1, cv2.LINE_AA, _FINE)
    else:
        half_width, half_height = size / 2, size / 2 * Uniform(0.4, 1.0).draw(dice)
        angle = Uniform(0.0, math.pi).draw(dice)
        cos, sin = round(math.cos(angle), 6), round(math.sin(angle), 6)
        corners = [
            (x + cos * a * half_width - sin * b * half_height,
             y + sin * a * half_width + cos * b * half_height)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]  # fmt: skip
        points = np.array([[round(v * (1 << _FINE)) for v in corner] for corner in corners])
        cv2.fillConvexPoly(mask, points.astype(np.int32), 255, cv2.LINE_AA, _FINE)
    return _share(mask), _any_colour(dice)


def snow(side: int, worn: Weathering, dice: Dice) -> tuple[FloatImage, Colour]:
    """Return where snow sticks, mostly from the top or the bottom, and its colour."""
    reach = np.float32(worn.snow.draw(dice))
    height = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    if happens(0.5, dice):
        height = height[::-1]
    ragged = textures.patches(side, dice) * np.float32(0.25)
    return clipped((reach - height + ragged) * np.float32(6), 1), _SNOW_WHITE


def edge(side: int, dice: Dice) -> FloatImage:
    """Return the light beside a straight shadow, 0..1."""
    angle = Uniform(0.0, 2 * math.pi).draw(dice)
    across, down = round(math.cos(angle), 6), round(math.sin(angle), 6)
    offset, softness = (u.draw(dice) * side for u in (Uniform(-0.3, 0.3), Uniform(0.02, 0.2)))
    at = np.arange(side, dtype=np.float32) - np.float32(side / 2)
    distance = at * np.float32(across) + (at * np.float32(down))[:, None]
    return clipped((distance - np.float32(offset)) * np.float32(1 / softness), 1)


def dapple(side: int, dice: Dice) -> FloatImage:
    """Return the light under leaves, 0..1."""
    hardness = np.float32(Uniform(0.5, 2.5).draw(dice))
    return clipped(textures.patches(side, dice) * hardness + np.float32(0.5), 1)


def beam(side: int, size: float, dice: Dice) -> FloatImage:
    """Return a round spot somewhere, 1 in its middle, 0 where it ends after `size` percent."""
    x, y = (Uniform(0.1, 0.9).draw(dice) * side for _ in range(2))
    at = np.arange(side, dtype=np.float32)
    across, down = at - np.float32(x), (at - np.float32(y))[:, None]
    reach = np.float32((100 / (size * side)) ** 2)
    inner = np.maximum(1 - (across * across + down * down) * reach, 0)
    return np.asarray(inner * inner, np.float32)


def _share(mask: Mask) -> FloatImage:
    return mask.astype(np.float32) * np.float32(1 / 255)


def _place(side: int, dice: Dice) -> tuple[int, int]:
    end = side << _FINE
    return dice.below(end), dice.below(end)


def _any_colour(dice: Dice) -> Colour:
    red, green, blue = (_ANY_LIGHT.draw(dice) for _ in range(3))
    return red, green, blue
