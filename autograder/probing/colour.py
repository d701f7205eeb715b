"""What happened to the light of a picture of the test card, once it is known where the card is.

The colours that are seen are fitted by a 3x3 matrix and an offset on those of the card; what is
left over is noise, a patch that hides the card, or something that neither explains. Noise is told
from the rest by a filter that smooth differences pass unseen (Immerkaer, "Fast noise variance
estimation", 1996).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.probing.card import draw_card
from autograder.probing.geometry import inside, solve, source_points, tukey

FloatImage = NDArray[np.float32]
Mask = NDArray[np.bool_]

_MID_GREY = 128.0
_NOISE_FILTER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_NOISE_GAIN = 6.0  # of the filter, on white noise
_COARSE = 2.5  # pixels: the deviation of the blur that leaves coarse detail only
_HIDDEN = 30.0  # levels of 255 that no noise to speak of reaches


@dataclass(frozen=True)
class Light:
    """What was done to the light.

    Attributes:
        brightness: How much lighter mid-grey became, in levels of 255.
        contrast: Differences of grey, as a factor; below 0 it is a negative.
        saturation: Differences of colour, as a factor on top of the contrast.
        hue_deg: How far the colours were turned, -180..180; 0 where there are hardly any left.
        noise: Standard deviation from pixel to pixel, in levels.
        sharpness: Fine detail, as a factor: below 1 it is blurred.
        hidden: Share of the card that something covers.
        unexplained: What is left, in levels (root mean square): another kind of change.
    """

    brightness: float
    contrast: float
    saturation: float
    hue_deg: float
    noise: float
    sharpness: float
    hidden: float
    unexplained: float


@dataclass(frozen=True)
class Fit:
    """How the card's colours became those of the picture: seen = card @ matrix + offset."""

    matrix: NDArray[np.float64]
    offset: NDArray[np.float64]

    def apply(self, card: NDArray[Any]) -> FloatImage:
        """Return the colours that the card's become, shape (..., 3)."""
        return np.asarray(card @ self.matrix + self.offset, np.float32)


def fit_colours(picture: FloatImage, source: NDArray[np.float64]) -> Fit:
    """Return the change of colour, fitted where the picture shows the card and is not clipped."""
    size = picture.shape[0]
    x, y = source_points(source, size)
    shown = inside(x, y, size) & (picture > 0.5).all(-1) & (picture < 254.5).all(-1)
    if shown.sum() < 40:
        shown = inside(x, y, size)
    card = cv2.remap(draw_card(size), x, y, cv2.INTER_LINEAR)[shown]
    base = np.column_stack([card, np.ones(len(card))]).astype(np.float64)
    seen = picture[shown].astype(np.float64)
    weights = np.ones(len(seen))
    for _ in range(6):
        numbers = np.column_stack([solve(base, seen[:, i], weights) for i in range(3)])
        distance = np.sqrt(((seen - base @ numbers) ** 2).mean(1))
        weights = tukey(distance)
    return Fit(numbers[:3], numbers[3])


def measure_light(picture: FloatImage, source: NDArray[np.float64], fit: Fit) -> Light:
    """Return what was done to the light of a picture, shape (size, size, 3)."""
    size = picture.shape[0]
    x, y = source_points(source, size)
    shown = inside(x, y, size)
    lit = fit.apply(cv2.remap(draw_card(size), x, y, cv2.INTER_LINEAR))
    expected = np.clip(lit, min(0.0, picture.min()), max(255.0, picture.max()))
    residual = np.where(shown[..., None], picture - expected, 0).astype(np.float32)
    hidden = _find_hidden(residual, shown)
    visible = shown & ~cv2.dilate(hidden.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    contrast, saturation, hue_deg = _read_matrix(fit.matrix)
    coarse, fine = _measure_detail(picture, expected, visible)
    noise = _measure_noise(residual, visible)
    rest = float((residual[visible] ** 2).mean()) if visible.any() else 0.0
    return Light(
        brightness=float(fit.apply(np.full(3, _MID_GREY)).mean() - _MID_GREY),
        contrast=contrast * coarse,
        saturation=saturation,
        hue_deg=hue_deg,
        noise=noise,
        sharpness=fine / coarse,
        hidden=float(hidden.sum() / max(shown.sum(), 1)),
        unexplained=math.sqrt(max(rest - noise**2, 0.0)),
    )


def _read_matrix(matrix: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return (contrast, saturation, hue in degrees) of a colour matrix."""
    grey = np.ones(3) / math.sqrt(3)
    contrast = float(grey @ matrix @ grey)
    # Two directions of colour, at right angles to grey and to each other.
    colours = np.array([[2, -1, -1], [0, math.sqrt(3), -math.sqrt(3)]]) / math.sqrt(6)
    plane = colours @ matrix @ colours.T
    # The rotation and zoom that come nearest to what happens in that plane.
    along, across = (plane[0, 0] + plane[1, 1]) / 2, (plane[0, 1] - plane[1, 0]) / 2
    gain = math.hypot(along, across)
    saturation = gain / max(abs(contrast), 0.05)
    if contrast < 0:
        along, across = -along, -across
    hue_deg = math.degrees(math.atan2(across, along)) if saturation > 0.15 else 0.0
    return contrast, saturation, hue_deg


def _find_hidden(residual: FloatImage, shown: Mask) -> Mask:
    """Return the pixels of patches that cover the card, shape (size, size)."""
    distance = np.sqrt((residual**2).mean(-1))
    usual = float(np.median(distance[shown])) if shown.any() else 0.0
    far = (shown & (distance > max(_HIDDEN, 5 * usual))).astype(np.uint8)
    # What a patch shares with the card by chance belongs to it; single pixels are noise.
    closed = cv2.morphologyEx(far, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray((opened > 0) & shown)


def _measure_noise(residual: FloatImage, visible: Mask) -> float:
    whole = cv2.erode(visible.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if whole.sum() < 20:
        return 0.0
    filtered = cv2.filter2D(residual, -1, _NOISE_FILTER)[whole]
    return float(1.4826 * np.median(np.abs(filtered)) / _NOISE_GAIN)


def _measure_detail(
    picture: FloatImage, expected: FloatImage, visible: Mask
) -> tuple[float, float]:
    """Return how strong coarse and fine detail are, as shares of what was expected.

    A blur takes from the fine alone, but the fit of the colours takes some of that for less
    contrast.
    """
    reach = np.ones((7, 7), np.uint8)
    whole = cv2.erode(visible.astype(np.uint8), reach, borderValue=0) > 0
    if whole.sum() < 20:
        return 1.0, 1.0
    seen, there = (np.ascontiguousarray(one.mean(-1)) for one in (picture, expected))
    coarse = _slope(*(cv2.GaussianBlur(one, (7, 7), _COARSE)[whole] for one in (seen, there)))
    fine = _slope(*(cv2.Laplacian(one, cv2.CV_32F)[whole] for one in (seen, there)))
    return max(coarse, 0.05), fine


def _slope(seen: NDArray[Any], there: NDArray[Any]) -> float:
    there = there - there.mean()
    power = float((there * there).sum())
    return float(((seen - seen.mean()) * there).sum()) / power if power else 1.0
