"""How long a batch will take: an estimate, and words that do not promise more."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ahead:
    """What is known of the time of a submission under way; ``left_s`` of its training alone."""

    elapsed_s: float
    left_s: float | None


def time_left(
    running: Sequence[Ahead], finished_s: Sequence[float], waiting: int, parallel: int
) -> float | None:
    """Estimate the seconds until a batch is done; None if there is nothing to go by.

    Those waiting take as long as those known on average. So does one under way, unless its own
    training alone takes longer: a training may be followed by a further one.

    Args:
        running: Those under way.
        finished_s: How long each took that is done and was not there from before.
        waiting: How many were not begun.
        parallel: How many are graded at a time.
    """
    projected = [one.elapsed_s + one.left_s for one in running if one.left_s is not None]
    known = [*finished_s, *projected]
    if not known:
        return None
    typical = statistics.fmean(known)
    free_in = [max(one.left_s or 0.0, typical - one.elapsed_s) for one in running]
    free_in += [0.0] * (parallel - len(free_in))
    heapq.heapify(free_in)
    for _ in range(waiting):
        heapq.heapreplace(free_in, free_in[0] + typical)
    return max(0.0, *free_in)


def in_words(seconds: float) -> str:
    """Return a duration as coarsely as people say it, such as ``12 min``."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"{minutes} min"
    hours, tens = divmod(round(seconds / 600), 6)
    return f"{hours} h {10 * tens} min" if tens else f"{hours} h"


def roughly(seconds: float) -> str:
    """Return an estimated duration, such as ``about 12 min``."""
    words = in_words(seconds)
    return words if words.startswith("less") else f"about {words}"
