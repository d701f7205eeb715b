"""The test card: a picture made to be found again, however it was turned, shifted or dimmed.

Smooth coloured blobs of many sizes without any symmetry or repetition, so that every pose shows
another picture; mid-tones only, so that a change of light does not clip at once; and no calm
margin, so that what fills a border can be told from what lay beside it.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

FloatImage = NDArray[np.float32]

# Blobs across the card, and the share of the contrast that they carry. Coarse ones find large
# movements, fine ones the last tenth of a pixel.
_LAYERS = ((3, 0.45), (5, 0.75), (8, 0.6), (11, 0.35), (15, 0.3), (24, 0.3))
_MIDDLE, _CONTRAST = 128.0, 34.0
_SEED = 43

LARGEST = 64
"""Pixels of the largest card that is looked for."""


@functools.cache
def draw_card(size: int) -> FloatImage:
    """Return the card, RGB in 0..255, whole numbers, shape (size, size, 3).

    Beyond 64 pixels it is that of 64, enlarged: there it is looked for.
    """
    drawn = min(size, LARGEST)
    rng = np.random.default_rng(_SEED)
    card = np.zeros((drawn, drawn, 3), np.float64)
    for blobs, share in _LAYERS:
        grey = rng.standard_normal((blobs + 2, blobs + 2, 1))
        colour = rng.standard_normal((blobs + 2, blobs + 2, 3))
        noise = 0.8 * grey + 0.7 * colour
        field = cv2.resize(noise, (2 * drawn, 2 * drawn), interpolation=cv2.INTER_CUBIC)
        # The middle of it: where the enlargement ends, it is flat.
        here = slice(drawn // 2, drawn // 2 + drawn)
        card += share * field[here, here]
    card = (card - card.mean()) / card.std()
    levels = _MIDDLE + _CONTRAST * np.clip(card, -2.4, 2.4)
    if size > drawn:
        levels = cv2.resize(levels, (size, size), interpolation=cv2.INTER_LINEAR)
    levels = np.round(levels).astype(np.float32)
    levels.flags.writeable = False
    return np.asarray(levels, np.float32)
