"""Rendered signs without end, for training on more of them than fit a disk."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.bank import Bank, seeded
from autograder.roadsigns.classes import CLASSES
from autograder.roadsigns.conditions import CONDITIONS, Conditions, ConditionsName
from autograder.roadsigns.distributions import Dice

Batch = tuple[NDArray[np.uint8], NDArray[np.int32]]

FRAMES_PER_TRACK = 2
SIGNS_PER_CLASS = 150
"""Different new signs, drawn as they are first needed: about 6,000 drawings in the long run."""
_SPLIT = "stream"
_POOL_IMAGES = 1024
"""So many images wait in a pool, from which batches are drawn at random."""


def stream(  # noqa: PLR0913 - by keyword
    seed: str,
    *,
    batch: int,
    image_size: int = 32,
    frames: int = FRAMES_PER_TRACK,
    conditions: ConditionsName | Conditions = "road",
    weights: Sequence[float] | None = None,
) -> Iterator[Batch]:
    """Yield batches without end; no track is ever shown twice, nor is any of a split.

    Args:
        seed: Any text; the same seed gives the same batches, another one others throughout.
        batch: Images in a batch.
        image_size: Height and width in pixels.
        frames: Of each track.
        conditions: Name of a set of distributions, or a set.
        weights: How often each of the 43 classes is shown, relative to the others; evenly by
            default.

    Yields:
        Images, uint8 RGB, shape (batch, image_size, image_size, 3), and class ids, int32.
    """
    from autograder.roadsigns.simulator import film, one_thread, sign_pixels

    if isinstance(conditions, str):
        conditions = CONDITIONS[conditions]
    bank = Bank(
        _SPLIT,
        seed,
        pixels=sign_pixels(image_size),
        kept=SIGNS_PER_CLASS,
        made=conditions.manufacture,
    )
    bounds = _bounds(weights)
    dice, order = Dice(seeded(_SPLIT, seed, "tracks")), seeded(_SPLIT, seed, "order")
    pool_size = max(_POOL_IMAGES, 4 * batch) + frames
    images = np.empty((pool_size, image_size, image_size, 3), np.uint8)
    labels = np.empty(pool_size, np.int32)
    filled = 0
    while True:
        with one_thread():
            while filled + frames <= pool_size:
                class_id = bisect.bisect_right(bounds, dice.random())
                here = slice(filled, filled + frames)
                images[here] = film(class_id, frames, image_size, conditions, bank, dice)
                labels[here] = class_id
                filled += frames
        chosen = order.permutation(filled)[:batch]
        yield images[chosen], labels[chosen]
        filled -= batch
        # What stays moves from the end into the places that became free.
        free = np.sort(chosen[chosen < filled])
        staying = np.setdiff1d(np.arange(filled, filled + batch), chosen)
        images[free], labels[free] = images[staying], labels[staying]


def _bounds(weights: Sequence[float] | None) -> list[float]:
    """Return where in 0..1 each class but the last ends."""
    if weights is None:
        weights = [1.0] * len(CLASSES)
    if len(weights) != len(CLASSES):
        raise ValueError(f"{len(weights)} weights for {len(CLASSES)} classes")
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return [value / total for value in sums[:-1]]
