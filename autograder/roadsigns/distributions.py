"""What random numbers are drawn from, the same on every CPU."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from numpy.random import Generator


class Randomness(Protocol):
    """A source of random numbers: a `Dice`, or a NumPy generator."""

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        ...

    def standard_normal(self) -> float:
        """Return a number from the bell curve around 0 of deviation 1."""
        ...


class Dice:
    """Random numbers one at a time, at a tenth of what NumPy asks for a single one."""

    _BLOCK = 64

    def __init__(self, rng: Generator) -> None:
        self.rng = rng
        self._uniform: list[float] = []
        self._normal: list[float] = []

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        if not self._uniform:
            self._uniform = self.rng.random(self._BLOCK).tolist()
        return self._uniform.pop()

    def standard_normal(self) -> float:
        """Return a number from the bell curve around 0 of deviation 1."""
        if not self._normal:
            self._normal = self.rng.standard_normal(self._BLOCK).tolist()
        return self._normal.pop()

    def below(self, end: int) -> int:
        """Return a whole number from 0 up to `end`."""
        return int(self.random() * end)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)


class Distribution(Protocol):
    """Something to draw numbers from."""

    def draw(self, rng: Randomness) -> float:
        """Return one number."""
        ...


# C libraries disagree about the last bit of exp and log, so what comes from them is rounded.
_DECIMALS = 6


@dataclass(frozen=True)
class Uniform:
    """Any number from `low` to `high`."""

    low: float
    high: float

    def draw(self, rng: Randomness) -> float:
        """Return one number."""
        return self.low + (self.high - self.low) * rng.random()


@dataclass(frozen=True)
class LogUniform:
    """From `low` to `high`, every ratio as likely as any other."""

    low: float
    high: float

    def draw(self, rng: Randomness) -> float:
        """Return one number."""
        return round(self.low * math.exp(math.log(self.high / self.low) * rng.random()), _DECIMALS)


@dataclass(frozen=True)
class Normal:
    """The bell curve."""

    mean: float
    deviation: float

    def draw(self, rng: Randomness) -> float:
        """Return one number."""
        return self.mean + self.deviation * rng.standard_normal()


@dataclass(frozen=True)
class LogNormal:
    """A factor whose logarithm follows the bell curve around that of `middle`."""

    middle: float
    deviation: float

    def draw(self, rng: Randomness) -> float:
        """Return one number."""
        return round(self.middle * math.exp(self.deviation * rng.standard_normal()), _DECIMALS)


@dataclass(frozen=True)
class Either:
    """One distribution with probability `chance`, else the other."""

    chance: float
    first: Distribution
    second: Distribution

    def draw(self, rng: Randomness) -> float:
        """Return one number."""
        return (self.first if happens(self.chance, rng) else self.second).draw(rng)


def happens(chance: float, rng: Randomness) -> bool:
    """Return True with this probability."""
    return rng.random() < chance
