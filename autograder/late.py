"""What lateness costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autograder.config import LateConfig
from autograder.errors import InternalError

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LatePenalty:
    """What lateness takes off a score.

    Attributes:
        points: Points taken, after the cap; never negative.
        days: Days begun since the due time; 0 if in time or within the grace.
        reason: Why, to the student.
    """

    points: float
    days: int
    reason: str


def penalty(
    late: LateConfig | None,
    submitted_at: datetime | None,
    *,
    own_due: datetime | None = None,
    marked_late: bool = False,
) -> LatePenalty:
    """Return what a submission loses for being late.

    Within the grace nothing is lost. Beyond it, every day begun counts, from the due time on: the
    grace delays the penalty, it does not move the due time. A day is 24 hours, also where clocks
    change.

    Args:
        late: The late policy; None where there is none.
        submitted_at: With a time zone; None where nobody knows, which costs nothing.
        own_due: Due time of these students alone, with a time zone; None for the policy's.
        marked_late: Whether somebody else says that it came late.

    Raises:
        InternalError: A time has no zone.
    """
    if late is None:
        return LatePenalty(0.0, 0, "There is no late penalty for this assignment.")
    if submitted_at is None:
        marked = "Marked as late where it was handed in, but " if marked_late else ""
        reason = f"{marked}the time of submission is not known, so no points are lost."
        return LatePenalty(0.0, 0, reason[0].upper() + reason[1:])
    due_at = own_due or late.due
    if submitted_at.tzinfo is None or due_at.tzinfo is None:
        raise InternalError(f"time without a time zone: {submitted_at}, due {due_at}")
    due_at = due_at.astimezone(late.due.tzinfo)  # reports say it in the zone of the course
    # In UTC: Python subtracts wall clocks, not instants, where both share a time zone.
    late_by = submitted_at.astimezone(UTC) - due_at.astimezone(UTC)
    due = f"{due_at:%Y-%m-%d %H:%M %Z}"
    if late_by <= timedelta(0):
        return LatePenalty(0.0, 0, f"Handed in before the due time ({due}).")
    if late_by <= timedelta(minutes=late.grace_minutes):
        return LatePenalty(
            0.0, 0, f"Handed in within the {late.grace_minutes:g} minutes of grace after {due}."
        )
    days = -(-late_by // _DAY)
    points = days * late.points_per_day
    reason = (
        f"Handed in {_duration(late_by)} after the due time ({due}): "
        f"{days} {'day' if days == 1 else 'days'} begun, {late.points_per_day:g} points each"
    )
    if late.cap_points is not None and points > late.cap_points:
        return LatePenalty(late.cap_points, days, f"{reason}, at most {late.cap_points:g}.")
    return LatePenalty(points, days, f"{reason}.")


def grade(score: float, penalty_points: float) -> float:
    """Return what is left of a score, in points; never below 0."""
    return max(0.0, score - penalty_points)


def _duration(time: timedelta) -> str:
    days, rest = divmod(time, _DAY)
    hours, rest = divmod(rest, timedelta(hours=1))
    minutes = rest // timedelta(minutes=1)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "less than a minute"
