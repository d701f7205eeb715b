"""How often thresholds fail work that deserves all points, and where they should stand.

A reference solution is meant to get full points. Trained under another seed it comes to another
value; where that is below a threshold, the threshold, not the work, is at fault: a false fail. Its
rate is known in two ways:

* **Counted** over the seeds tried, with the exact interval of Clopper & Pearson (Biometrika 26,
  1934). Ten seeds without a fail still allow a rate of 30 %.
* **Estimated** from mean and standard deviation, as if values spread like a normal distribution.
  That so few seeds know neither exactly is counted in: the chance is that of the next training, by
  Student's t (Hahn & Meeker, "Statistical Intervals", 1991, chapter 4).

The larger of both decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

import numpy as np

from autograder.errors import InternalError
from autograder.rubric import MetricCriterion, ScaledCriterion

ACCEPTED_RISK = 0.01
MIN_RUNS = 2
"""One training tells nothing about its luck."""
_CONFIDENCE = 0.95
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Spread:
    """How values are distributed; quartiles are interpolated, the SD divides by n - 1."""

    count: int
    mean: float
    sd: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float


@dataclass(frozen=True)
class Rate:
    """A share that was counted.

    Attributes:
        fails: How often it happened.
        runs: Of how many.
        low: Lower end of the 95 % interval of the rate, 0..1.
        high: Upper end.
    """

    fails: int
    runs: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """What was counted, 0..1."""
        return self.fails / self.runs


@dataclass(frozen=True)
class Sample:
    """A metric of one reference solution, trained under several seeds.

    Attributes:
        solution: Its id.
        values: One per graded training, 0..1.
        ungraded: Trainings that ended in a verdict without a score: fails of every threshold.
        step: By how much one sign of the holdout changes the metric.
    """

    solution: str
    values: tuple[float, ...]
    ungraded: int
    step: float

    @property
    def runs(self) -> int:
        """Trainings in all."""
        return len(self.values) + self.ungraded

    @property
    def mean(self) -> float:
        """Of the values."""
        return math.fsum(self.values) / len(self.values)

    @property
    def sd(self) -> float:
        """Of the values; half a step at least: equal values may have been equal by rounding."""
        return max(spread(self.values).sd, self.step / 2)


@dataclass(frozen=True)
class FalseFails:
    """How often one solution misses a threshold.

    Attributes:
        solution: Its id.
        counted: Over the seeds tried.
        estimated: Chance of the next training, 0..1.
    """

    solution: str
    counted: Rate
    estimated: float

    @property
    def risk(self) -> float:
        """What is known of the rate: the larger of both."""
        return max(self.counted.value, self.estimated)

    @property
    def is_too_high(self) -> bool:
        """Whether more work that deserves all points fails than may."""
        return self.risk > ACCEPTED_RISK


@dataclass(frozen=True)
class Proposal:
    """Where a threshold should stand.

    Attributes:
        threshold: In hundredths; None if there is none that helps.
        reason: Why, in words.
    """

    threshold: float | None
    reason: str


def spread(values: Sequence[float]) -> Spread:
    """Return how values are distributed.

    Raises:
        InternalError: There are none.
    """
    if not values:
        raise InternalError("there is no distribution of no values")
    sd = float(np.std(values, ddof=1)) if len(set(values)) > 1 else 0.0
    low, lower, middle, upper, high = map(float, np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    return Spread(len(values), math.fsum(values) / len(values), sd, low, lower, middle, upper, high)


def sd_between_runs(values: Sequence[Sequence[float]]) -> float | None:
    """Return the SD that seeds alone make, from several submissions of several runs each.

    None if no submission has two.
    """
    freedom = sum(len(one) - 1 for one in values if one)
    if not freedom:
        return None
    squares = sum(spread(one).sd ** 2 * (len(one) - 1) for one in values if len(one) > 1)
    return math.sqrt(squares / freedom)


def rate(fails: int, runs: int) -> Rate:
    """Return a counted rate with the exact interval of Clopper and Pearson.

    Raises:
        InternalError: There were no runs, or more fails than runs.
    """
    from scipy.special import betaincinv

    if not 0 <= fails <= runs or not runs:
        raise InternalError(f"{fails} fails of {runs} runs")
    tail = (1 - _CONFIDENCE) / 2
    low = float(betaincinv(fails, runs - fails + 1, tail)) if fails else 0.0
    high = float(betaincinv(fails + 1, runs - fails, 1 - tail)) if fails < runs else 1.0
    return Rate(fails, runs, low, high)


def false_fails(sample: Sample, threshold: float) -> FalseFails:
    """Return how often a solution misses a threshold.

    Args:
        sample: With `MIN_RUNS` runs at least; with fewer values than that nothing is estimated.
        threshold: Values below it miss it.
    """
    from scipy.special import stdtr

    below = sum(value < threshold for value in sample.values)
    counted = rate(below + sample.ungraded, sample.runs)
    graded = len(sample.values)
    if graded < MIN_RUNS:
        return FalseFails(sample.solution, counted, counted.value)
    chance = float(stdtr(graded - 1, (threshold - sample.mean) / _next_sd(sample)))
    estimated = (chance * graded + sample.ungraded) / sample.runs
    return FalseFails(sample.solution, counted, estimated)


def weakest(samples: Sequence[Sample], threshold: float) -> FalseFails:
    """Return the false fails of the solution that misses a threshold most."""
    return max((false_fails(sample, threshold) for sample in samples), key=lambda found: found.risk)


def reached(sample: Sample) -> float:
    """Return the highest value that a solution misses with the accepted risk at most.

    That of the next training, and that of those seen: both.

    Args:
        sample: Of `MIN_RUNS` graded trainings at least.
    """
    from scipy.special import stdtrit

    runs = len(sample.values)
    estimated = sample.mean + float(stdtrit(runs - 1, ACCEPTED_RISK)) * _next_sd(sample)
    return min(estimated, sorted(sample.values)[math.floor(ACCEPTED_RISK * runs)])


def propose(criterion: MetricCriterion, samples: Sequence[Sample]) -> Proposal:
    """Propose the highest threshold, in hundredths, that each solution misses in at most 1 %.

    Args:
        criterion: Whose threshold it is.
        samples: Of its metric, one per solution.
    """
    broken = [sample for sample in samples if sample.ungraded or len(sample.values) < MIN_RUNS]
    if broken:
        one = broken[0]
        return Proposal(
            None,
            f"no threshold helps: {one.ungraded} of {one.runs} trainings of {one.solution} were "
            "not graded at all",
        )
    limit, sample = min(((reached(sample), sample) for sample in samples), key=lambda pair: pair[0])
    threshold = float(Decimal(repr(max(limit, 0.0))).quantize(Decimal("0.01"), ROUND_DOWN))
    floor = "" if sample.sd > sample.step / 2 else " (half a sign: the values differ by less)"
    why = (
        f"{sample.solution}, the weakest solution here, came to {sample.mean:.4f} on average over "
        f"{sample.runs} seeds, standard deviation {sample.sd:.4f}{floor}; its next training falls "
        "below "
        f"{limit:.4f} with a chance of 1 % at most (Student's t, {sample.runs - 1} degrees of "
        f"freedom)"
    )
    if isinstance(criterion, ScaledCriterion) and threshold <= criterion.zero_at:
        return Proposal(
            None, f"{why}, which leaves nothing above zero_at {criterion.zero_at:g}: lower it first"
        )
    return Proposal(threshold, f"{why}; rounded down, that is {threshold:.2f}")


def in_words(criterion: MetricCriterion, found: FalseFails) -> str:
    """Return, in one line, how often a solution misses a threshold."""
    counted = found.counted
    return (
        f"{found.solution} misses {criterion.threshold_key} {criterion.threshold:g} in about "
        f"{found.risk:.1%} of trainings ({counted.fails} of {counted.runs} seen, 95 % interval "
        f"{counted.low:.1%} to {counted.high:.1%}; estimated {found.estimated:.1%})"
    )


def strip(values: Sequence[float], low: float, high: float, mark: float | None = None) -> str:
    """Draw a histogram of one line: 30 bins from `low` to `high`, a bar where `mark` is."""
    bins = 30
    width = (high - low) / bins or 1.0
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - low) / width))] += 1
    most = max(counts)
    drawn = [
        _BLOCKS[math.ceil(count / most * len(_BLOCKS)) - 1] if count else "·" for count in counts
    ]
    if mark is not None and low <= mark <= high:
        drawn.insert(min(bins, math.floor((mark - low) / width + 1e-9)), "┃")
    return "".join(drawn)


def _next_sd(sample: Sample) -> float:
    """Return the standard deviation of the next value about the mean of those seen."""
    return sample.sd * math.sqrt(1 + 1 / len(sample.values))
