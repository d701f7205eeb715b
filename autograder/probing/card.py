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
_LAYERS = ((3, 0.45), (5, 0.75), (8, 0.6), (11, 0.35), (15, 0.3))
_MIDDLE, _CONTRAST = 128.0, 34.0
_SEED = 43


@functools.cache
def draw_card(size: int) -> FloatImage:
    """Return the card, RGB in 0..255, shape (size, size, 3)."""
    rng = np.random.default_rng(_SEED)
    card = np.zeros((size, size, 3), np.float64)
    for blobs, share in _LAYERS:
        grey = rng.standard_normal((blobs + 2, blobs + 2, 1))
        colour = rng.standard_normal((blobs + 2, blobs + 2, 3))
        noise = 0.8 * grey + 0.7 * colour
        field = cv2.resize(noise, (2 * size, 2 * size), interpolation=cv2.INTER_CUBIC)
        # The middle of it: where the enlargement ends, it is flat.
        card += share * field[size // 2 : size // 2 + size, size // 2 : size // 2 + size]
    card = (card - card.mean()) / card.std()
    # Whole levels, for it goes through files of bytes.
    levels = np.round(_MIDDLE + _CONTRAST * np.clip(card, -2.4, 2.4)).astype(np.float32)
    levels.flags.writeable = False
    return levels
