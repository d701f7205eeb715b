"""Several trainings of one submission: when there is another, and what all of them come to.

Runs differ in the seed alone. After each, `autograder.stats` decides from what was measured, so
whoever grades again makes the same runs. A score is the mean over the runs; so is everything that
was measured on the split that decides it.

A further run may fail by the student's fault, by a loss that is no number, say. Its seed is a fair
one, but so were those before: no more runs are made, the mean of the complete ones stands, and the
report says which seed failed and why.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Labels
from autograder.config import Config
from autograder.measures import CriterionResult, Metrics, Score
from autograder.metrics import most_frequent
from autograder.models import Finding, Replay
from autograder.outcome import FailedRun, Interval, TrainingRun, Uncertainty
from autograder.resampling import Run, group_metrics, measure, resample, standard_metrics
from autograder.robustness import mean_robustness, measure_robustness
from autograder.rubric import Criterion, MetricCriterion, MetricKey
from autograder.scoring import Facts, hundredths, score
from autograder.stats import Assessment, SeedRule, another_run, assess, seeds_of

LUCK = 2.0
"""Spread between seeds that is assumed of one run, in standard errors due to the holdout.

On a holdout of 1,495 signs it was 0.7, 1.8 and 2.3 for three networks (see docs/decisions.md).
"""


@dataclass(frozen=True, eq=False)
class Made:
    """A training that was measured.

    Attributes:
        seed: Of everything random in it.
        metrics: Of the split that is scored.
        predicted: Class ids on that split, shape (n,).
        weights_sha256: Over the trained weights.
        replay: None where nothing is replayed.
        corrupted: Class ids on its corrupted images, in their order; None if there are none.
    """

    seed: int
    metrics: Metrics
    predicted: NDArray[np.int64]
    weights_sha256: str
    replay: Replay | None
    corrupted: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Settled:
    """What the runs of a submission came to.

    Attributes:
        score: Each criterion's points are the mean of its points over the runs.
        metrics: Means over the runs.
        runs: In the order of their seeds.
        failed: The run that put an end to further ones, if one did.
        uncertainty: Of score and metrics.
    """

    score: Score
    metrics: Metrics
    runs: tuple[TrainingRun, ...]
    failed: FailedRun | None
    uncertainty: Uncertainty

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the student should know of a run that failed."""
        if self.failed is None:
            return ()
        why = self.failed.findings[0] if self.failed.findings else Finding("", "")
        before = len(self.runs)
        message = (
            f"Trained again under seed {self.failed.seed}, it failed "
            f"({self.failed.verdict}): {why.message or 'no more is known.'} Your score is "
            f"{'that of the run' if before == 1 else f'the mean of the {before} runs'} before."
        )
        return (Finding("unstable", message, why.hint, why.location),)

    @property
    def notes(self) -> tuple[str, ...]:
        """What staff should know of the runs."""
        notes = [
            run.replay.reason if run is self.runs[0] else f"Seed {run.seed}: {run.replay.reason}"
            for run in self.runs
            if run.replay and run.replay.replayed is False
        ]
        if self.failed:
            why = [*map(str, self.failed.findings), *filter(None, [self.failed.note])]
            notes.append(f"Seed {self.failed.seed}: {self.failed.verdict}. {' '.join(why)}")
        return tuple(notes)


class Judge:
    """Decides about runs; the same for all submissions of a batch, and threads may share it.

    Args:
        config: The rules.
        labels: Without a holdout, as at a student's, there is one run and nothing to decide.
        num_classes: Number of classes.
    """

    def __init__(self, config: Config, labels: Labels, num_classes: int) -> None:
        seeds = config.seeds
        self._rubric = config.rubric
        self._decides = labels.holdout is not None
        self._rule = SeedRule(seeds.min_runs, seeds.max_runs, seeds.max_score_se, seeds.pass_mark)
        self._seeds = seeds_of(seeds.training, seeds.max_runs)
        self._metrics = standard_metrics(num_classes) | group_metrics(config.rubric)
        self._parts = labels.corrupted
        self._resamples = resample(labels.scored, labels.scored_tracks, num_classes)

    def settle(
        self,
        first: Made,
        fixed: Facts,
        train_again: Callable[[int], Made | FailedRun] | None = None,
    ) -> Settled:
        """Make runs until the score is settled, a run fails, or all are made.

        Args:
            first: The run under the rules' own seed.
            fixed: What is the same in every run; its ``holdout`` is left out.
            train_again: Makes one more run, under this seed; None if there can be none.
        """
        scores = [self._score(first, fixed)]
        fixed_points = sum(
            result.points
            for item, result in zip(self._rubric, scores[0].criteria, strict=True)
            if not isinstance(item, MetricCriterion)
        )
        made, measured, decisions = [first], [self._measure(first)], list[str]()
        failed, borderline = None, False
        while True:
            found = assess(self._rubric, self._resamples, measured, LUCK, fixed_points)
            if not self._decides or train_again is None:
                break
            decision = another_run(found, self._rubric, self._rule)
            decisions.append(decision.reason)
            borderline = decision.borderline
            if not decision.another:
                break
            again = train_again(self._seeds[len(made)])
            if isinstance(again, FailedRun):
                failed = again
                decisions.append(f"The run under seed {again.seed} failed: {again.verdict}.")
                break
            made.append(again)
            scores.append(self._score(again, fixed))
            measured.append(self._measure(again))
        metrics = _mean_metrics([run.metrics for run in made])
        of_means = score(self._rubric, dataclasses.replace(fixed, holdout=metrics))
        return Settled(
            score=_mean_score(self._rubric, of_means, scores),
            metrics=metrics,
            runs=tuple(map(_training_run, made, scores)),
            failed=failed,
            uncertainty=_uncertainty(self._rubric, found, tuple(decisions), borderline=borderline),
        )

    def _score(self, made: Made, fixed: Facts) -> Score:
        return score(self._rubric, dataclasses.replace(fixed, holdout=made.metrics))

    def _measure(self, made: Made) -> Run:
        run = measure(self._resamples, made.predicted, self._metrics)
        if made.corrupted is not None:
            robust = measure_robustness(self._resamples, made.corrupted, self._parts)
            run["robust_macro_f1", None] = robust
        return run


def _training_run(made: Made, scored: Score) -> TrainingRun:
    return TrainingRun(made.seed, made.metrics, scored.points, made.weights_sha256, made.replay)


def _mean_metrics(metrics: Sequence[Metrics]) -> Metrics:
    robust = [each.robustness for each in metrics if each.robustness]
    mistakes: Counter[tuple[int, int]] = Counter()
    for one in (mistakes for each in metrics for mistakes in each.mistakes):
        mistakes[one.class_id, one.read_as] += one.count
    return Metrics(
        macro_f1=fmean(each.macro_f1 for each in metrics),
        accuracy=fmean(each.accuracy for each in metrics),
        recall=tuple(map(fmean, zip(*(each.recall for each in metrics), strict=True))),
        count=metrics[0].count,
        robustness=mean_robustness(robust) if robust else None,
        class_counts=metrics[0].class_counts,
        mistakes=most_frequent(mistakes),
    )


def _mean_score(rubric: Sequence[Criterion], of_means: Score, scores: Sequence[Score]) -> Score:
    """Return the mean points; what else is said of a criterion is about its mean value."""
    if len(scores) == 1:
        return scores[0]
    by_criterion = zip(*(each.criteria for each in scores), strict=True)
    return Score(
        tuple(
            _mean_result(result, results) if isinstance(item, MetricCriterion) else result
            for item, result, results in zip(rubric, of_means.criteria, by_criterion, strict=True)
        )
    )


def _mean_result(of_mean: CriterionResult, results: Sequence[CriterionResult]) -> CriterionResult:
    points = [result.points for result in results]
    shown = ", ".join(f"{hundredths(each):.2f}" for each in points)
    same = len({result.passed for result in results}) == 1
    return dataclasses.replace(
        of_mean,
        points=fmean(points),
        passed=results[0].passed if same else None,
        reason=f"{of_mean.reason} The points are the mean over {len(points)} runs: {shown}.",
    )


def _uncertainty(
    rubric: Sequence[Criterion],
    found: Assessment,
    decisions: tuple[str, ...],
    *,
    borderline: bool,
) -> Uncertainty:
    def interval(key: MetricKey) -> Interval:
        return Interval(found.metrics[key].low, found.metrics[key].high)

    return Uncertainty(
        score_se=found.score.se,
        holdout_se=found.score.holdout_se,
        luck_se=found.score.luck_se,
        score=Interval(found.score.low, found.score.high),
        macro_f1=interval(("macro_f1", None)),
        accuracy=interval(("accuracy", None)),
        recall=tuple(
            interval(key) for key in found.metrics if key[0] == "recall" and isinstance(key[1], int)
        ),
        decisions=decisions,
        borderline=borderline,
        criteria={
            item.id: interval(item.key) for item in rubric if isinstance(item, MetricCriterion)
        },
    )
