"""How far a score could be from what the work deserves, and whether another run would tell.

Two things might have come out otherwise:

* **The holdout.** The variance of the mean over the runs, on replicates that are the same for all
  runs and criteria, so that whatever these share is counted (see resampling.py).
* **The seeds.** With n runs that measured x_1 … x_n::

      variance of one run       v = (a + sum of (x_i - mean)^2) / n
      variance of their mean    v / n

  where a is an assumption that weighs as much as one run: the variance of one run due to the
  holdout, had its metrics come out luck times as far off. One run tells nothing of its luck, and
  two may agree by accident. Points are taken after that: a run that is just above the top of a
  scale shows none of its luck in points, but another would.

The standard error is the root of both variances' sum (Efron & Tibshirani, "An Introduction to the
Bootstrap", 1993, chapter 6). It is a little too large rather than too small: what is due to certain
runs meeting certain tracks is in both. Intervals of metrics are Wilson's (J. Am. Statist. Assoc.
22, 1927) for as many images as such an error stands for (Korn & Graubard, Survey Methodology 24,
1998). Percentiles of the replicates would say "surely 1" of a class whose dozen signs were all
recognised.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.errors import InternalError
from autograder.resampling import Resamples, Run, Values
from autograder.rubric import (
    Criterion,
    MetricCriterion,
    MetricKey,
    ScaledCriterion,
    ThresholdCriterion,
)

_Z = 1.959963984540054  # of a normal distribution, 2.5 % lie above
_SEEDS = 2**31


@dataclass(frozen=True)
class Estimate:
    """A mean over runs and how far off it may be; in the unit of what was measured.

    Attributes:
        value: Mean over the runs made.
        holdout_se: Standard error due to the signs that the holdout happens to show.
        luck_se: Standard error due to the seeds; assumed if there was one run.
        low: Lower end of the 95 % interval.
        high: Upper end.
    """

    value: float
    holdout_se: float
    luck_se: float
    low: float
    high: float

    @property
    def se(self) -> float:
        """Standard error."""
        return math.sqrt(self.holdout_se * self.holdout_se + self.luck_se * self.luck_se)

    def straddles(self, mark: float) -> bool:
        """Whether both missing and reaching a mark lie within the interval."""
        return self.low < mark <= self.high


@dataclass(frozen=True)
class Assessment:
    """What some runs say about a submission.

    Attributes:
        runs: How many were made.
        metrics: Every metric, 0..1. None is surer than so many images can be that hang together
            as those of the whole holdout do; so those of classes with few tracks are honest, too.
        score: In points. If every replicate meets a threshold, its points are in no doubt here;
            the interval of its metric tells.
    """

    runs: int
    metrics: Mapping[MetricKey, Estimate]
    score: Estimate


@dataclass(frozen=True)
class SeedRule:
    """When a submission is trained again.

    Attributes:
        min_runs: Made in any case.
        max_runs: Never more.
        max_score_se: Largest standard error of the score that is good enough, in points.
        pass_mark: Points that decide about passing, if any do.
    """

    min_runs: int
    max_runs: int
    max_score_se: float
    pass_mark: float | None = None


@dataclass(frozen=True)
class Decision:
    """Whether to train again.

    Attributes:
        another: Whether a further run is due.
        borderline: Whether all runs are made and the score is still open.
        reason: Why, in words.
    """

    another: bool
    borderline: bool
    reason: str


def seeds_of(first: int, count: int) -> tuple[int, ...]:
    """Return the seeds of so many runs: `first` and those that follow it; 0 follows 2^31 - 1."""
    return tuple((first + number) % _SEEDS for number in range(count))


def points(criterion: MetricCriterion, values: Values) -> Values:
    """Return the points for values of a criterion's metric, as `autograder.scoring` gives them."""
    if isinstance(criterion, ScaledCriterion):
        zero, full = criterion.zero_at, criterion.full_at
        return np.clip((values - zero) / (full - zero), 0.0, 1.0) * criterion.points
    if isinstance(criterion, ThresholdCriterion):
        return np.where(values >= criterion.at_least, criterion.points, 0.0)
    raise InternalError(f"criterion {criterion.id}: unknown way to points")


def assess(
    rubric: Sequence[Criterion],
    resamples: Resamples,
    runs: Sequence[Run],
    luck: float,
    fixed_points: float = 0.0,
) -> Assessment:
    """Return what the runs say together.

    Args:
        rubric: Its criteria about metrics turn every replicate into points.
        resamples: What the runs were measured on.
        runs: One or more, of the same metrics: the rubric's and the accuracy at least.
        luck: Standard deviation between runs that is assumed of every metric, in multiples of the
            standard error of one run that is due to the holdout.
        fixed_points: From criteria that are the same in every run.
    """
    values = {key: np.stack([run[key].values for run in runs]) for key in runs[0]}
    clumping = _clumping(resamples, values["accuracy", None])
    metrics = {
        key: _share(values[key], measured.images, clumping, luck)
        for key, measured in runs[0].items()
    }
    total = np.zeros((len(runs), len(resamples.weights)))
    lucky = np.zeros_like(total)
    highest = 0.0
    for item in rubric:
        if isinstance(item, MetricCriterion):
            measured = values[item.key]
            total += points(item, measured)
            lucky += points(item, _stretched(measured, luck))
            highest += item.points
    won, by_holdout, by_luck = _variances(total, lucky)
    reach = _Z * math.sqrt(by_holdout + by_luck)
    score = Estimate(
        value=won + fixed_points,
        holdout_se=math.sqrt(by_holdout),
        luck_se=math.sqrt(by_luck),
        low=max(0.0, won - reach) + fixed_points,
        high=min(highest, won + reach) + fixed_points,
    )
    return Assessment(len(runs), metrics, score)


def another_run(assessment: Assessment, rubric: Sequence[Criterion], rule: SeedRule) -> Decision:
    """Decide whether a submission is trained again; from equal numbers always the same.

    There are `min_runs` at least. Then, up to `max_runs`, one more follows while the score's
    standard error is above `max_score_se` or an interval straddles a pass mark: the `at_least` of
    a criterion, or `pass_mark`. The ends of a scale are no marks: nothing is won or lost at once.
    """
    doubts = tuple(_doubts(assessment, rubric, rule))
    made = f"{assessment.runs} {'run' if assessment.runs == 1 else 'runs'}"
    because = "; ".join(doubts)
    if assessment.runs < rule.min_runs:
        return Decision(True, False, f"{made} of at least {rule.min_runs}.")
    if not doubts:
        reason = (
            f"Settled after {made}: the score's standard error is {assessment.score.se:.2f} "
            f"points, at most {rule.max_score_se:g} are allowed; no interval holds a pass mark."
        )
        return Decision(False, False, reason)
    if assessment.runs < rule.max_runs:
        return Decision(True, False, f"Open after {made}: {because}.")
    return Decision(False, True, f"Borderline after {made}, the most allowed: {because}.")


def _doubts(assessment: Assessment, rubric: Sequence[Criterion], rule: SeedRule) -> Iterator[str]:
    score = assessment.score
    if score.se > rule.max_score_se:
        luck = "assumed luck" if assessment.runs == 1 else "luck"
        yield (
            f"the score's standard error is {score.se:.2f} points ({score.holdout_se:.2f} from the "
            f"choice of images, {score.luck_se:.2f} from {luck} of the seeds), "
            f"above {rule.max_score_se:g}"
        )
    if rule.pass_mark is not None and score.straddles(rule.pass_mark):
        interval = f"{score.low:.2f} to {score.high:.2f}"
        yield f"the score's interval, {interval} points, holds the pass mark {rule.pass_mark:g}"
    for item in rubric:
        if not isinstance(item, ThresholdCriterion):
            continue
        metric = assessment.metrics[item.key]
        if metric.straddles(item.at_least):
            interval = f"{metric.low:.3f} to {metric.high:.3f}"
            yield f"the interval of {item.id}, {interval}, holds its pass mark {item.at_least:g}"


def _stretched(values: Values, luck: float) -> Values:
    """Return values whose replicates lie so many times as far off; shape (runs, 1 + b)."""
    return values[:, :1] + luck * (values - values[:, :1])


def _variances(values: Values, lucky: Values) -> tuple[float, float, float]:
    """Return mean over runs, its variance due to the holdout, and that due to the seeds.

    Args:
        values: Shape (runs, 1 + b).
        lucky: The same from stretched metrics; their variance is what is assumed of luck.
    """
    runs = len(values)
    mean = values.mean(axis=0)
    assumed = float(lucky[:, 1:].var(axis=1, ddof=1).mean())
    one_run = assumed / runs + float(values[:, 0].var())
    return float(mean[0]), float(mean[1:].var(ddof=1)), one_run / runs


def _clumping(resamples: Resamples, accuracies: Values) -> float:
    """Return how many images of the holdout tell as much as one that stands alone.

    Kish's design effect of the accuracy, at least 1. Classes of one track have no part in the
    replicates' variance, so it is taken per image of the others.
    """
    images = resamples.images_of()
    resampled = images - resamples.images_of(resamples.one_track_classes)
    value, variance, _ = _variances(accuracies, _stretched(accuracies, 0.0))
    alone = value * (1 - value) * resampled / (images * images)
    if variance <= 0 or alone <= 0:
        return images / resamples.num_tracks
    return max(1.0, variance / alone)


def _share(values: Values, images: int, clumping: float, luck: float) -> Estimate:
    """Return the mean over runs of a metric in 0..1, with Wilson's interval."""
    value, holdout, by_luck = _variances(values, _stretched(values, luck))
    binomial = value * (1 - value)
    if images:
        holdout = max(holdout, binomial * clumping / images)
    variance = holdout + by_luck
    count = binomial / variance if binomial * variance > 0 else images / clumping
    middle = (count * value + _Z * _Z / 2) / (count + _Z * _Z)
    reach = _Z * math.sqrt(count * binomial + _Z * _Z / 4) / (count + _Z * _Z)
    return Estimate(
        value=value,
        holdout_se=math.sqrt(holdout),
        luck_se=math.sqrt(by_luck),
        low=max(0.0, min(value, middle - reach)),
        high=min(1.0, max(value, middle + reach)),
    )
