"""Finds the test card in a picture: which affine warp, up to a mirror image, was done to it.

First a coarse search over mirrorings, turns, zooms and (by correlation) every shift, then a
Gauss-Newton refinement of the six numbers of the warp together with a gain and an offset of the
light, in which pixels that do not fit count less (Tukey's biweight). Sources: Lucas & Kanade, "An
iterative image registration technique" (1981); Beaton & Tukey (1974).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.probing.card import draw_card

FloatImage = NDArray[np.float32]
Matrix = NDArray[np.float64]

_TURNS_DEG = range(0, 360, 12)
_ZOOMS = (0.45, 0.6, 0.75, 0.88, 1.0, 1.15, 1.35, 1.65, 2.1)
_REFINED_CANDIDATES = 6
_ROUNDS = 25
_STILL = 2e-3  # pixels
_WAYS = ((1, 0), (0, 1))
# Levels of 255, and the share of a picture's pixels within so many of each other.
_FLAT_BIN, _FLAT_SHARE = 12.0, 0.03


@dataclass(frozen=True)
class Registration:
    """Where the card is in a picture.

    Attributes:
        source: Shape (2, 3): where on the card, (across, down, in pixels), the colour of a pixel
            of the picture comes from.
        match: Correlation of the picture with the card so warped, where it shows the card: 1 is
            perfect, and below 0.5 or so it was not found.
    """

    source: Matrix
    match: float

    @property
    def forward(self) -> Matrix:
        """Where a point of the card lies in the picture, shape (2, 3)."""
        return np.asarray(cv2.invertAffineTransform(self.source), np.float64)


def register(picture: FloatImage) -> Registration:
    """Return where the test card is in a picture of it, shape (size, size, 3)."""
    grey, flat = _grey(picture), find_flat(picture)
    best = Registration(np.eye(2, 3), -1.0)
    for start in _candidates(grey, flat):
        found = _refine(grey, flat, start)
        if found.match > best.match:
            best = found
        if best.match > 0.98:
            break
    return best


def find_flat(picture: FloatImage) -> NDArray[np.bool_]:
    """Return the pixels of one colour, where that fills more than the card could, (size, size).

    A border filled with a constant, or a patch cut out. Its contrast with the card would
    otherwise drown the card's own.
    """
    bins = np.clip(np.floor(picture / _FLAT_BIN), -128, 127).astype(np.int64) + 128
    codes = (bins[..., 0] * 256 + bins[..., 1]) * 256 + bins[..., 2]
    values, counts = np.unique(codes, return_counts=True)
    if counts.max() < _FLAT_SHARE * codes.size:
        return np.zeros(codes.shape, bool)
    colour = np.median(picture[codes == values[counts.argmax()]], axis=0)
    return np.asarray((np.abs(picture - colour) < _FLAT_BIN).all(-1))


def source_points(source: Matrix, size: int) -> tuple[FloatImage, FloatImage]:
    """Return where each pixel comes from: (across, down), each of shape (size, size)."""
    down, across = np.mgrid[0:size, 0:size].astype(np.float64)
    x = source[0, 0] * across + source[0, 1] * down + source[0, 2]
    y = source[1, 0] * across + source[1, 1] * down + source[1, 2]
    return x.astype(np.float32), y.astype(np.float32)


def inside(x: FloatImage, y: FloatImage, size: int, margin: float = 0.0) -> NDArray[np.bool_]:
    """Return which of these points lie on the card, at least `margin` pixels from its edge."""
    end = size - 1 - margin
    return np.asarray((x >= margin) & (x <= end) & (y >= margin) & (y <= end))


@dataclass(frozen=True)
class _Bank:
    """The card in every coarse pose, as spectra to correlate with."""

    sources: tuple[Matrix, ...]
    spectra: NDArray[np.complex128]


@functools.cache
def _grey_card(size: int) -> FloatImage:
    return _grey(draw_card(size))


def _grey(picture: FloatImage) -> FloatImage:
    return np.asarray(picture.mean(axis=-1), np.float32)


@functools.cache
def _bank(size: int) -> _Bank:
    card = _grey_card(size)
    middle = (size - 1) / 2
    sources, spectra = [], []
    for mirror in (1, -1):
        for turn_deg in _TURNS_DEG:
            for zoom in _ZOOMS:
                angle = math.radians(turn_deg)
                cos, sin = math.cos(angle) / zoom, math.sin(angle) / zoom
                linear = np.array([[mirror * cos, mirror * sin], [-sin, cos]])
                offset = middle - linear @ (middle, middle)
                source = np.column_stack([linear, offset])
                x, y = source_points(source, size)
                shown = inside(x, y, size)
                warped = cv2.remap(card, x, y, cv2.INTER_LINEAR)
                warped = np.where(shown, warped - warped[shown].mean(), 0)
                warped = warped / np.sqrt((warped**2).sum())
                sources.append(source)
                spectra.append(np.conj(np.fft.rfft2(warped, (2 * size, 2 * size))))
    return _Bank(tuple(sources), np.array(spectra))


def _candidates(grey: FloatImage, flat: NDArray[np.bool_]) -> list[Matrix]:
    """Return a few coarse poses in which the picture resembles the card, the likeliest first."""
    size = grey.shape[0]
    bank = _bank(size)
    seen = ~flat if (~flat).any() else flat
    spectrum = np.fft.rfft2(np.where(seen, grey - grey[seen].mean(), 0), (2 * size, 2 * size))
    # Inverted light is found as well: the correlation is strong, and below 0.
    scores = np.abs(np.fft.irfft2(spectrum * bank.spectra, (2 * size, 2 * size)))
    best = scores.reshape(len(scores), -1).argmax(1)
    heights = scores.reshape(len(scores), -1).max(1)
    found = [np.eye(2, 3)]
    for index in np.argsort(-heights)[:_REFINED_CANDIDATES]:
        down, across = divmod(int(best[index]), 2 * size)
        shift = [value - 2 * size if value > size else value for value in (across, down)]
        source = bank.sources[index].copy()
        source[:, 2] -= source[:, :2] @ shift
        found.append(source)
    return found


def _refine(grey: FloatImage, flat: NDArray[np.bool_], start: Matrix) -> Registration:
    size = grey.shape[0]
    pixels = _grid(size)
    source, match = start.copy(), -1.0
    for _ in range(_ROUNDS):
        x, y = source_points(source, size)
        shown = inside(x, y, size) & ~flat
        if shown.sum() < size * size / 12:
            return Registration(source, -1.0)
        there, slope_x, slope_y = (cv2.remap(one, x, y, cv2.INTER_LINEAR) for one in _slopes(size))
        seen = grey[shown]
        base = np.column_stack([there[shown], np.ones(len(seen))])
        light, weights = _light(base, seen)
        residual = seen - base @ light
        match = _correlation(base @ light, seen, weights)
        along_x, along_y = slope_x[shown] @ light[:3], slope_y[shown] @ light[:3]
        moved = [along_x[:, None] * pixels[shown], along_y[:, None] * pixels[shown]]
        step = solve(np.concatenate([*moved, base], axis=1), residual, weights)
        change = step[:6].reshape(2, 3)
        if np.abs(change[:, 2]).max() < _STILL and np.abs(change[:, :2]).max() < _STILL / size:
            break
        change[:, 2] -= change[:, :2].sum(1) * (size - 1) / 2
        source = source + change
    return Registration(source, match)


@functools.cache
def _grid(size: int) -> NDArray[np.float64]:
    """Return (across, down, 1) of each pixel from the middle, shape (size, size, 3)."""
    down, across = np.mgrid[0:size, 0:size] - (size - 1) / 2
    return np.stack([across, down, np.ones_like(down)], axis=-1)


@functools.cache
def _slopes(size: int) -> tuple[FloatImage, FloatImage, FloatImage]:
    """Return the card and how it changes to the right and downwards, per pixel."""
    card = draw_card(size)
    right, below = (cv2.Sobel(card, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in _WAYS)
    return card, np.asarray(right, np.float32), np.asarray(below, np.float32)


def _light(
    base: NDArray[np.float64], seen: FloatImage
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how the card's channels and 1 make up the light that is seen, and each one's weight.

    Of all three channels, since a change of colour changes the grey as well.
    """
    weights = np.ones(len(seen))
    light = np.zeros(base.shape[1])
    for _ in range(4):
        light = solve(base, seen, weights)
        weights = tukey(seen - base @ light)
    return light, weights


def solve(
    columns: NDArray[np.float64], values: NDArray[np.floating], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weighted least squares, damped a little."""
    weighted = columns * weights[:, None]
    normal = weighted.T @ columns
    normal[np.diag_indices(len(normal))] *= 1 + 1e-4
    return np.asarray(np.linalg.lstsq(normal, weighted.T @ values, rcond=None)[0])


def tukey(residual: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the biweight of each residual: 1 where it is small, 0 far outside."""
    scale = 1.4826 * float(np.median(np.abs(residual))) + 0.5  # levels of 255
    share = np.clip(np.abs(residual) / (4.685 * scale), 0, 1)
    return np.asarray((1 - share**2) ** 2, np.float64)


def _correlation(
    there: NDArray[np.float64], seen: FloatImage, weights: NDArray[np.float64]
) -> float:
    """Return how alike they are, -1..1; pixels without weight count as unlike."""
    total = float(weights.sum())
    if total < 1:
        return -1.0
    a = there - (weights * there).sum() / total
    b = seen - (weights * seen).sum() / total
    power = math.sqrt(float((weights * a * a).sum() * (weights * b * b).sum()))
    alike = abs(float((weights * a * b).sum())) / power if power else -1.0
    return alike * (0.5 + 0.5 * total / len(weights))
