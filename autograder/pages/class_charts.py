"""Where the marks of the class page's charts stand.

Places are in percent of the plot, from its upper left corner: drawn as SVG without a view box, a
chart is as wide as there is room for, and its letters stay as large as those of the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.pages.class_stats import ScoreBin

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Bar:
    """Submissions of one range of scores, those graded below the others."""

    x: float
    width: float
    graded_top: float
    graded_height: float
    others_top: float
    others_height: float
    title: str


@dataclass(frozen=True)
class Histogram:
    """How the scores are spread."""

    bars: tuple[Bar, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    median: float | None


@dataclass(frozen=True)
class Measured:
    """What the scatter shows of one submission.

    Attributes:
        name: As shown.
        link: To its report; empty if there must be none.
        seconds: Reference seconds that its training used.
        macro_f1: On the holdout, 0..1.
        kind: How it is marked: ``plain``, ``borderline`` or ``partial``.
    """

    name: str
    link: str
    seconds: float
    macro_f1: float
    kind: str = "plain"


@dataclass(frozen=True)
class Point:
    """One submission in the scatter."""

    x: float
    y: float
    of: Measured


@dataclass(frozen=True)
class Scatter:
    """Macro-F1 against the training budget used."""

    points: tuple[Point, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    allowed: float | None


def histogram(bins: Sequence[ScoreBin], median_percent: float | None) -> Histogram:
    """Draw the scores; empty ranges have no bar."""
    y_ticks = ticks(
        0, max((bin_.graded + bin_.others for bin_ in bins), default=0) or 1, whole=True
    )
    top = y_ticks[-1]
    return Histogram(
        bars=tuple(_bar(bin_, top) for bin_ in bins if bin_.graded + bin_.others),
        x_ticks=tuple(Tick(percent, f"{percent}") for percent in range(0, 101, 20)),
        y_ticks=tuple(Tick(100 - 100 * value / top, f"{value:g}") for value in y_ticks),
        median=median_percent,
    )


def scatter(measured: Sequence[Measured], allowed_s: float | None) -> Scatter:
    """Draw macro-F1 (upwards, up to 1) against the reference seconds used (rightwards, from 0)."""
    widest = max([*(one.seconds for one in measured), allowed_s or 0.0]) or 1.0
    x_ticks = ticks(0, widest)
    right = max(widest * 1.04, x_ticks[-1] if x_ticks[-1] < widest * 1.15 else 0)
    lowest = min((one.macro_f1 for one in measured), default=0.0)
    bottom = max(0.0, math.floor(lowest * 10 - 0.25) / 10)
    y_ticks = ticks(bottom, 1)
    bottom = y_ticks[0]
    return Scatter(
        points=tuple(
            Point(100 * one.seconds / right, 100 * (1 - one.macro_f1) / (1 - bottom), one)
            for one in measured
        ),
        x_ticks=tuple(Tick(100 * x / right, f"{x:g}") for x in x_ticks if x <= right),
        y_ticks=tuple(Tick(100 * (1 - y) / (1 - bottom), f"{y:g}") for y in y_ticks),
        allowed=None if allowed_s is None else 100 * allowed_s / right,
    )


def ticks(low: float, high: float, *, whole: bool = False) -> tuple[float, ...]:
    """Return four to seven round numbers, the first at or below `low`, the last not below `high`.

    Args:
        low: Least value to be shown.
        high: Greatest, above `low`.
        whole: Whether what is counted comes in whole numbers.
    """
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in _STEPS if size * power >= rough * (1 - 1e-9))
    step = max(step, 1.0) if whole else step
    if whole and step == 2.5:
        step = 5.0
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return tuple(round(number * step, 10) for number in range(first, last + 1))


def _bar(bin_: ScoreBin, top: float) -> Bar:
    graded, others = 100 * bin_.graded / top, 100 * bin_.others / top
    total = bin_.graded + bin_.others
    count = f"{total} submission{'s' if total != 1 else ''}"
    if bin_.graded and bin_.others:
        count += f", {bin_.others} of them not graded to the end"
    gap = 0.08 * (bin_.high - bin_.low)
    return Bar(
        x=bin_.low + gap,
        width=bin_.high - bin_.low - 2 * gap,
        graded_top=100 - graded,
        graded_height=graded,
        others_top=100 - graded - others,
        others_height=others,
        title=f"{bin_.low:g} to {bin_.high:g} %: {count}",
    )
