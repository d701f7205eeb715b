"""What is known of an augmentation, as data; light to import, for reports and rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatImages = NDArray[np.float32]
# NumPy's names (numpy.pad). Keras calls edge "nearest", symmetric "reflect" and reflect "mirror".
Fill = Literal["constant", "edge", "reflect", "symmetric", "wrap", "unclear", "none"]

Operation = Literal[
    "mirror left-right",
    "mirror upside-down",
    "mirror both ways",
    "turn",
    "shift across",
    "shift down",
    "zoom",
    "stretch",
    "shear",
    "brightness",
    "contrast",
    "saturation",
    "hue",
    "negative",
    "noise",
    "sharpness",
    "cut-out",
    "something else",
]

_RANGE_TOLERANCE = 1.0  # levels; interpolation overshoots by less


@dataclass(frozen=True)
class Finding:
    """One thing that the augmentation does.

    Attributes:
        operation: Which.
        share: Of the pictures in which it is to be seen, 0..1.
        low: Least value over all pictures, in `unit`.
        high: Greatest value.
        unit: ``degrees``, ``pixels``, ``factor``, ``levels`` (of 255), ``share`` (of the
            picture's pixels), or empty where there is nothing to measure but that it happens.
    """

    operation: Operation
    share: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class Probe:
    """What an augmentation does.

    Attributes:
        findings: What was seen, geometry first.
        border: What the border is filled with.
        stochastic: Whether pictures of one batch come out different.
        train_only: Whether it leaves pictures alone at inference.
        seeded: Whether the same seed gave the same pictures, to the bit.
        values: Least and greatest value that came out; pictures go in with 0..255.
        pictures: How many were looked at.
        recognised: In how many of them the card was found again.
    """

    findings: tuple[Finding, ...]
    border: Border
    stochastic: bool
    train_only: bool
    seeded: bool
    values: tuple[float, float]
    pictures: int
    recognised: int

    @property
    def in_range(self) -> bool:
        """Whether values stay within 0..255."""
        return self.values[0] >= -_RANGE_TOLERANCE and self.values[1] <= 255 + _RANGE_TOLERANCE

    def get(self, operation: Operation) -> Finding | None:
        """Return what was found of an operation; None if it was not seen."""
        return next((one for one in self.findings if one.operation == operation), None)


@dataclass(frozen=True)
class Border:
    """How the border is filled.

    Attributes:
        fill: ``none`` where no border came into view.
        colour: RGB of a constant fill, 0..255.
        seen_in: Number of pictures that showed enough of it.
    """

    fill: Fill
    colour: tuple[float, float, float] | None
    seen_in: int


@dataclass(frozen=True)
class Confusion:
    """An operation that makes one class look like another.

    Attributes:
        operation: Which.
        amount_deg: How far it turns; 0 for mirroring.
        class_id: Of the sign before.
        becomes: The class that it looks like after.
        alike: Correlation with that class, 0..1.
    """

    operation: Operation
    amount_deg: float
    class_id: int
    becomes: int
    alike: float


@dataclass(frozen=True)
class ProbePictures:
    """Pictures that went through an augmentation, float32, each of shape (count, size, size, 3).

    Attributes:
        cards: Test cards.
        again: The first of them once more, under the same seed.
        inference: The first of them, with ``training=False``.
        sign: One training image as it was, uint8, shape (size, size, 3).
        signs: The same image many times.
    """

    cards: FloatImages
    again: FloatImages
    inference: FloatImages
    sign: NDArray[np.uint8]
    signs: FloatImages

    @property
    def seeded(self) -> bool:
        """Whether the same seed gave the same pictures, to the bit."""
        return np.array_equal(self.again, self.cards[: len(self.again)])


@dataclass(frozen=True)
class Examined:
    """What is known of an augmentation.

    Attributes:
        probe: What it does.
        confusions: Which classes it turns into others; None where no drawings of them are at hand.
        pictures: What that was found from.
    """

    probe: Probe
    confusions: tuple[Confusion, ...] | None
    pictures: ProbePictures

    @property
    def label_safe(self) -> bool | None:
        """Whether no class becomes another; None where that is not known."""
        return None if self.confusions is None else not self.confusions

    def keeps(self, name: str) -> bool:
        """Return whether it keeps what a rubric asks for: a key of `rubric.AugmentationAsked`."""
        return bool(getattr(self if name == "label_safe" else self.probe, name))
