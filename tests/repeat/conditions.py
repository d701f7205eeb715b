"""Under which conditions the grades are made, and how many under each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

# Once in every run, before the others take turns: it takes three times as long as they do.
LONG = "every-augmentation"
SHORT = ("tf-data", "py-dataset")


@dataclass(frozen=True)
class Condition:
    """Under which circumstances one run of `autograder grade` grades.

    Attributes:
        name: Told by this.
        share: Of a hundred grades.
        jobs: Submissions graded at a time.
        loops_per_core: Busy loops that run meanwhile.
        cold: Every job is a fresh process, without zygote and sandbox.
        elsewhere: In other folders: current one, temporary one, results.
    """

    name: str
    share: int
    jobs: int = 1
    loops_per_core: int = 0
    cold: bool = False
    elsewhere: bool = False


CONDITIONS = (
    Condition("nothing else running", 6),
    Condition("two jobs", 24, jobs=2),
    Condition("four jobs", 24, jobs=4),
    Condition("a loop per core", 3, loops_per_core=1),
    Condition("a loop per core, two jobs", 9, jobs=2, loops_per_core=1),
    Condition("a loop per core, four jobs", 9, jobs=4, loops_per_core=1),
    Condition("three loops per core, two jobs", 3, jobs=2, loops_per_core=3),
    Condition("three loops per core, four jobs", 6, jobs=4, loops_per_core=3),
    Condition("cold", 3, cold=True),
    Condition("cold, two jobs", 3, jobs=2, cold=True),
    Condition("in other folders, two jobs", 6, jobs=2, elsewhere=True),
    Condition("as at first, later", 4),
)


@dataclass(frozen=True)
class Step:
    """One run of the plan: a condition, and the submissions to be graded under it."""

    condition: Condition
    submissions: tuple[str, ...]


def plan(grades: int, conditions: Sequence[Condition] = CONDITIONS) -> tuple[Step, ...]:
    """Share out so many grades among the conditions, and the submissions among those."""
    whole = sum(condition.share for condition in conditions)
    shares = itertools.accumulate((condition.share for condition in conditions), initial=0)
    ends = (grades * share // whole for share in shares)
    steps = (
        Step(condition, (LONG, *itertools.islice(itertools.cycle(SHORT), end - start - 1)))
        for condition, (start, end) in zip(conditions, itertools.pairwise(ends), strict=True)
        if start < end
    )
    return tuple(steps)
