"""Criteria on a scale: from no points to all, where the value is and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from autograder.pages.texts import message, prose
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart

_MARGIN = 0.18  # of what is shown, beyond the outermost of it
_NEAR_AN_END = 12  # percent: a text there is not centred, or it would be cut


@dataclass(frozen=True)
class Place:
    """A value on a scale: percent from the left, its number, and how its text is aligned."""

    at: float
    text: str

    @property
    def anchor(self) -> str:
        """The SVG attribute text-anchor."""
        if self.at < _NEAR_AN_END:
            return "start"
        return "end" if self.at > 100 - _NEAR_AN_END else "middle"


@dataclass(frozen=True)
class Scale:
    """What to draw of a criterion; every place in percent from the left."""

    zero: Place
    full: Place
    value: Place
    interval: tuple[Place, Place] | None
    told: str

    @property
    def is_step(self) -> bool:
        """Whether there are all points or none."""
        return self.zero.at == self.full.at

    @property
    def zero_anchor(self) -> str:
        """How the text of the lower threshold is aligned."""
        return self.zero.anchor if self._parted else "end"

    @property
    def full_anchor(self) -> str:
        """How the text of the upper threshold is aligned."""
        return self.full.anchor if self._parted or self.full.anchor == "end" else "start"

    @property
    def stacked(self) -> bool:
        """Whether the texts of the thresholds would run into each other on one line."""
        return not self.is_step and not self._parted and self.full_anchor == "end"

    @property
    def _parted(self) -> bool:
        return self.is_step or self.full.at - self.zero.at >= 30


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric, for the page."""

    title: Markup
    points: float
    max_points: float
    state: str
    state_text: str
    reason: Markup
    scale: Scale | None

    @property
    def share(self) -> float:
        """Percent of the points that were won."""
        return 100 * self.points / self.max_points if self.max_points > 0 else 0.0


def criteria(report: Report) -> list[Criterion]:
    """Return the lines of the rubric; none unless something was scored."""
    return [_criterion(part) for part in report.criteria]


def _criterion(part: CriterionPart) -> Criterion:
    state, text = _state(part)
    return Criterion(
        title=prose(part.title),
        points=part.points,
        max_points=part.max_points,
        state=state,
        state_text=text,
        reason=message(part.reason),
        scale=_scale(part),
    )


def _state(part: CriterionPart) -> tuple[str, str]:
    if part.points >= part.max_points:
        return "good", "all points"
    missing = f"{part.max_points - part.points:.2f} points lost"
    return ("bad" if part.points <= 0 else "warn"), missing


def _scale(part: CriterionPart) -> Scale | None:
    value, zero, full = part.value, part.zero_at, part.full_at
    if value is None or zero is None or full is None:
        return None
    ends = [part.interval.low, part.interval.high] if part.interval else []
    shown = (value, zero, full, *ends)
    low, high = min(shown), max(shown)
    margin = _MARGIN * ((high - low) or 1.0)
    left, right = low - margin, high + margin
    if low >= 0 and high <= 1:  # a share: the scale ends where shares do
        left, right = max(0.0, left), min(1.0, right)

    def place(number: float) -> Place:
        return Place(round(100 * (number - left) / (right - left), 2), _down(number))

    interval = (place(ends[0]), place(ends[1])) if ends else None
    return Scale(place(zero), place(full), place(value), interval, _told(part))


def _down(number: float) -> str:
    """Return three decimals, rounded down as in reasons: 0.8996 did not reach 0.900."""
    return f"{math.floor(1000 * number + 1e-9) / 1000:.3f}"


def _told(part: CriterionPart) -> str:
    value = f"Value {_down(part.value or 0.0)}"
    sure = (
        f", 95 % interval {part.interval.low:.3f} to {part.interval.high:.3f}"
        if part.interval
        else ""
    )
    if part.zero_at == part.full_at:
        return f"{value}{sure}; all points from {part.full_at:.3f} on."
    return (
        f"{value}{sure}; no points up to {part.zero_at:.3f}, all points from {part.full_at:.3f} on."
    )
