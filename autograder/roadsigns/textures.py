"""Noise to cut pieces from: leaves, dirt, dapple, grain. Made once a process, the same in each.

A piece is cut out at a random place of a random field, half of which are mirrored, so hardly two
are alike; nothing in them tells of classes, seeds or splits.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.distributions import Dice

FloatImage = NDArray[np.float32]

_FIELDS = 12
_SIDE = 160
_CUT = 96
_GRAIN_SIDE = 320
_PATCH_CELLS = (9, 22, 52)
_GRAIN_CELLS = (6, 15, 34, 75, 160)


def patches(side: int, dice: Dice) -> FloatImage:
    """Return soft blots of several sizes, around 0 with deviation of about 1, (side, side)."""
    return _piece(_patches(), side, dice)


def grain(side: int, dice: Dice) -> FloatImage:
    """Return coloured noise, fine and coarse, around 0, shape (side, side, 3)."""
    return _piece(_grain(), side, dice)


def sensor_noise(side: int, dice: Dice) -> FloatImage:
    """Return noise of deviation 1, each pixel and colour for itself, shape (side, side, 3)."""
    if side > _GRAIN_SIDE // 2:
        return dice.rng.standard_normal((side, side, 3), np.float32)
    pool = _sensor_noise()
    x, y = dice.below(_GRAIN_SIDE - side), dice.below(_GRAIN_SIDE - side)
    return pool[y : y + side, x : x + side]


def _piece(pool: FloatImage, side: int, dice: Dice) -> FloatImage:
    chosen = pool[dice.below(len(pool))]
    cut = min(side, _CUT)
    x, y = dice.below(_SIDE - cut), dice.below(_SIDE - cut)
    piece = chosen[y : y + cut, x : x + cut]
    return piece if cut == side else enlarge(piece, side)


@functools.cache
def _patches() -> FloatImage:
    rng = np.random.default_rng([1, 43])
    pool = [_octaves(rng, _PATCH_CELLS, (0.8, 0.5, 0.35), 1) for _ in range(_FIELDS)]
    return np.stack(pool + [field[:, ::-1] for field in pool])


@functools.cache
def _grain() -> FloatImage:
    rng = np.random.default_rng([2, 43])
    pool = [
        _octaves(rng, _GRAIN_CELLS, 0.35 * rng.random(len(_GRAIN_CELLS)), 3)
        for _ in range(_FIELDS)
    ]  # fmt: skip
    return np.stack(pool + [field[:, ::-1] for field in pool])


@functools.cache
def _sensor_noise() -> FloatImage:
    rng = np.random.default_rng([3, 43])
    return rng.standard_normal((_GRAIN_SIDE, _GRAIN_SIDE, 3), np.float32)


def _octaves(
    rng: np.random.Generator,
    cells: Sequence[int],
    amounts: Sequence[float] | NDArray[np.float64],
    channels: int,
) -> FloatImage:
    total = np.zeros((_SIDE, _SIDE, channels), np.float32)
    for count, amount in zip(cells, amounts, strict=True):
        noise = rng.standard_normal((count, count, 1), np.float32)
        if channels > 1:
            tinge = rng.standard_normal((count, count, channels), np.float32)
            noise = noise + np.float32(0.15) * tinge
        total += np.float32(amount) * enlarge(noise, _SIDE).reshape(total.shape)
    return total if channels > 1 else total[..., 0]


def enlarge(noise: FloatImage, side: int) -> FloatImage:
    """Return the image as a square of this many pixels, linear between its own."""
    large = cv2.resize(noise, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def three(mask: FloatImage) -> FloatImage:
    """Return the same for red, green and blue: products of equal shapes are quick."""
    return np.asarray(cv2.merge([mask, mask, mask]), np.float32)


def row(values: tuple[float, float, float], side: int) -> FloatImage:
    """Return the same colour for each pixel of a row, (side, 3): as quick in products."""
    filled = np.empty((side, 3), np.float32)
    filled[:] = values
    return filled


def clipped(image: FloatImage, top: float) -> FloatImage:
    """Clip an image to 0..top in place, and return it."""
    np.maximum(image, np.float32(0), out=image)
    return np.minimum(image, np.float32(top), out=image)
