"""Signs fresh from the makers.

Painting a sign costs half of what photographing it costs. So the tracks of a stream share a bank of
so many different ones of each class, painted when first asked for; each hangs elsewhere, in another
light and weather. The tracks of a split have their own each.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from autograder.roadsigns.conditions import Manufacture
from autograder.roadsigns.distributions import Dice
from autograder.roadsigns.drawing import designs, draw, draw_variant

_LARGEST_TO_KEEP = 96
"""Pixels across a sign; of larger ones none is kept, each track has its own."""


@dataclass(frozen=True)
class Sign:
    """A new sign.

    Attributes:
        image: RGBA, uint8, square; alpha not multiplied in.
        box: Of the sign in it: left, top, right, bottom in pixels.
    """

    image: NDArray[np.uint8]
    box: tuple[int, int, int, int]


class Bank:
    """New signs of all classes by the makers of one split or stream."""

    def __init__(
        self, name: str, seed: str, *, pixels: int, kept: int | None, made: Manufacture
    ) -> None:
        """Make an empty bank.

        Args:
            name: Of the split or stream.
            seed: Any text; another seed or name gives other signs throughout.
            pixels: Across a sign.
            kept: Different signs of each class; with None each is painted anew.
            made: How makers differ.
        """
        self._name, self._seed, self._pixels, self._made = name, seed, pixels, made
        self._kept = kept if pixels <= _LARGEST_TO_KEEP else None
        self._signs: dict[tuple[int, int], Sign] = {}

    def sign(self, class_id: int, dice: Dice) -> Sign:
        """Return one of the signs of a class at random."""
        if self._kept is None:
            return self._draw(class_id, dice)
        number = dice.below(self._kept)
        if (class_id, number) not in self._signs:
            rng = seeded(self._name, self._seed, f"sign {class_id}/{number}")
            self._signs[class_id, number] = self._draw(class_id, Dice(rng))
        return self._signs[class_id, number]

    def _draw(self, class_id: int, dice: Dice) -> Sign:
        choices = designs(class_id)
        design = choices[dice.below(len(choices))]
        image = draw(design, draw_variant(dice, self._made), self._pixels)
        inside = image[..., 3] > 127
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        return Sign(image, box)


def seeded(name: str, seed: str, purpose: str) -> Generator:
    """Return the random stream that belongs to one purpose within a split, and to nothing else."""
    text = "\0".join(("autograder road signs", name, seed, purpose))
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
