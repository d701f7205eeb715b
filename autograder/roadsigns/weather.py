"""What falls between the sign and the camera, and on the windscreen."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.distributions import Dice, Uniform
from autograder.roadsigns.textures import three

FloatImage = NDArray[np.float32]

_FINE = 4
"""Bits of a fraction of a pixel in OpenCV's drawing."""
_STREAK_LENGTH, _STREAK_OPACITY = Uniform(0.05, 0.25), Uniform(0.3, 0.7)
_FLAKE_RADIUS, _FLAKE_OPACITY = Uniform(0.004, 0.016), Uniform(0.4, 0.9)
_DROP_RADIUS, _DROP_LIGHT = Uniform(0.03, 0.1), Uniform(0.8, 1.3)


def let_rain(light: FloatImage, streaks: int, slant_deg: float, dice: Dice) -> FloatImage:
    """Return the light with drops in it that fall too fast to be seen as such."""
    side = len(light)
    mask = np.zeros((side, side), np.uint8)
    angle = math.radians(slant_deg)
    across, down = round(math.sin(angle), 6), round(math.cos(angle), 6)
    for _ in range(streaks):
        length = _STREAK_LENGTH.draw(dice) * side
        x, y = dice.random() * side, dice.random() * side
        ends = (_fine(x, y), _fine(x + across * length, y + down * length))
        cv2.line(mask, ends[0], ends[1], dice.between(60, 255), 1, cv2.LINE_AA, _FINE)
    return _veil(light, mask, _STREAK_OPACITY.draw(dice), Uniform(0.4, 0.9).draw(dice))


def let_snow(light: FloatImage, flakes: int, dice: Dice) -> FloatImage:
    """Return the light with snowflakes in it, the near ones large."""
    side = len(light)
    mask = np.zeros((side, side), np.uint8)
    for _ in range(flakes):
        radius = round(_FLAKE_RADIUS.draw(dice) * side * (1 << _FINE))
        at = _fine(dice.random() * side, dice.random() * side)
        cv2.circle(mask, at, radius, dice.between(120, 255), -1, cv2.LINE_AA, _FINE)
    return _veil(light, mask, _FLAKE_OPACITY.draw(dice), Uniform(0.7, 1.0).draw(dice))


def wet(light: FloatImage, drops: int, dice: Dice) -> FloatImage:
    """Return the light through drops on the windscreen: each shows the scene upside down."""
    side = len(light)
    mask = np.zeros((side, side), np.uint8)
    for _ in range(drops):
        radius = round(_DROP_RADIUS.draw(dice) * side * (1 << _FINE))
        at = _fine(dice.random() * side, dice.random() * side)
        cv2.circle(mask, at, radius, 255, -1, cv2.LINE_AA, _FINE)
    inside = three(mask.astype(np.float32) * np.float32(1 / 255))
    seen = cv2.GaussianBlur(light, (0, 0), side / 24)[::-1] * np.float32(_DROP_LIGHT.draw(dice))
    return np.asarray(light * (1 - inside) + seen * inside, np.float32)


def _veil(light: FloatImage, mask: NDArray[np.uint8], opacity: float, white: float) -> FloatImage:
    share = three(mask.astype(np.float32) * np.float32(opacity / 255))
    return np.asarray(light * (1 - share) + share * np.float32(white), np.float32)


def _fine(x: float, y: float) -> tuple[int, int]:
    return round(x * (1 << _FINE)), round(y * (1 << _FINE))
