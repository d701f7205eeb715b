"""What the runs of a submission put into its report."""

from __future__ import annotations

from dataclasses import asdict

from autograder.outcome import Interval, Outcome, TrainingRun
from autograder.reports.result_parts import (
    FailedRunPart,
    IntervalPart,
    IntervalsPart,
    MetricsPart,
    RunPart,
    RunsPart,
)
from autograder.scoring import hundredths


def holdout_part(outcome: Outcome) -> MetricsPart | None:
    """Return what was measured on the holdout: means over the runs, and how sure they are."""
    metrics, uncertainty = outcome.holdout, outcome.uncertainty
    if metrics is None:
        return None
    if uncertainty is None:
        return MetricsPart(**asdict(metrics))
    return MetricsPart(
        **asdict(metrics),
        runs=max(1, len(outcome.runs)),  # none, if a part of a training is scored
        intervals=IntervalsPart(
            macro_f1=_interval(uncertainty.macro_f1),
            accuracy=_interval(uncertainty.accuracy),
            recall=tuple(map(_interval, uncertainty.recall)),
        ),
    )


def runs_part(outcome: Outcome) -> RunsPart | None:
    """Return every run and what they say of the score; None if nothing was scored."""
    uncertainty, failed = outcome.uncertainty, outcome.failed_run
    if uncertainty is None:
        return None
    return RunsPart(
        made=tuple(map(_run, outcome.runs)),
        failed=FailedRunPart(
            seed=failed.seed,
            verdict=failed.verdict,
            reason=failed.findings[0].message if failed.findings else "",
        )
        if failed
        else None,
        score_se=hundredths(uncertainty.score_se),
        holdout_se=hundredths(uncertainty.holdout_se),
        luck_se=hundredths(uncertainty.luck_se),
        score=IntervalPart(
            low=hundredths(uncertainty.score.low), high=hundredths(uncertainty.score.high)
        ),
        decisions=uncertainty.decisions,
    )


def _run(run: TrainingRun) -> RunPart:
    return RunPart(
        seed=run.seed,
        macro_f1=run.metrics.macro_f1,
        accuracy=run.metrics.accuracy,
        points=hundredths(run.points),
        weights_sha256=run.weights_sha256,
        replayed=run.replay.replayed if run.replay else None,
    )


def interval_part(interval: Interval | None) -> IntervalPart | None:
    """Return an interval, if there is one."""
    return None if interval is None else _interval(interval)


def _interval(interval: Interval) -> IntervalPart:
    return IntervalPart(low=interval.low, high=interval.high)
