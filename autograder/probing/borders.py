"""What an augmentation fills a picture's border with, where it moved the card away from it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.probing.card import draw_card
from autograder.probing.colour import Fit
from autograder.probing.facts import Border, Fill
from autograder.probing.geometry import inside, source_points

FloatImage = NDArray[np.float32]
_CONTINUED: dict[Fill, int] = {
    "edge": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "symmetric": cv2.BORDER_REFLECT,
    "wrap": cv2.BORDER_WRAP,
}
_ENOUGH = 0.02  # of a picture's pixels
_CLEARLY = 0.7  # the best fill must miss by so much less than the next


def measure_border(
    pictures: Sequence[FloatImage], sources: Sequence[NDArray[np.float64]], fits: Sequence[Fit]
) -> Border:
    """Return how the border is filled in pictures of the card, each of shape (size, size, 3)."""
    misses: dict[Fill, list[float]] = {fill: [] for fill in ("constant", *_CONTINUED)}
    colours = []
    for picture, source, fit in zip(pictures, sources, fits, strict=True):
        size = picture.shape[0]
        x, y = source_points(source, size)
        # Half a pixel around the card belongs to neither.
        outside = ~inside(x, y, size, margin=-1.0)
        if outside.sum() < _ENOUGH * size * size:
            continue
        seen = picture[outside]
        colour = np.median(seen, axis=0)
        colours.append(colour)
        misses["constant"].append(float(np.abs(seen - colour).mean()))
        for fill, mode in _CONTINUED.items():
            continued = fit.apply(cv2.remap(draw_card(size), x, y, cv2.INTER_LINEAR, None, mode))
            misses[fill].append(float(np.abs(seen - np.clip(continued[outside], 0, 255)).mean()))
    if not colours:
        return Border("none", None, 0)
    totals = {fill: float(np.median(values)) for fill, values in misses.items()}
    best, second = sorted(totals, key=totals.__getitem__)[:2]
    if totals[best] > _CLEARLY * totals[second]:
        return Border("unclear", None, len(colours))
    red, green, blue = (float(value) for value in np.median(colours, axis=0))
    return Border(best, (red, green, blue) if best == "constant" else None, len(colours))
