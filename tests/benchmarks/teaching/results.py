"""What the trainings came to, a row for each network with its augmentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from autograder.models import Verdict
from autograder.reports.report import Report
from tests.benchmarks.teaching.entries import Entry


@dataclass(frozen=True)
class Row:
    """One network with one augmentation.

    Attributes:
        entry: What was trained.
        macro_f1: On the holdout, one for each seed, in the order of the seeds.
        score: Points of each training, as a student would get them.
        max_score: Points that there are.
        parameters: Numbers in the network.
        steps: Optimizer steps that the plan asked for and the budget paid for.
        used_s: Reference seconds that they cost.
    """

    entry: Entry
    macro_f1: tuple[float, ...]
    score: tuple[float, ...]
    max_score: float
    parameters: int
    steps: int
    used_s: float


def rows(entries: Sequence[Entry], reports: Iterable[Report]) -> tuple[Row, ...]:
    """Return a row for each entry; what was not graded is left out of it."""
    graded: dict[str, list[Report]] = {entry.id: [] for entry in entries}
    for report in reports:
        if report.verdict is Verdict.GRADED:
            graded[report.submission.id].append(report)
    return tuple(_row(entry, graded[entry.id]) for entry in entries if graded[entry.id])


def mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard deviation; the latter is 0 for a single value."""
    return fmean(values), stdev(values) if len(values) > 1 else 0.0


@dataclass(frozen=True)
class Claim:
    """What the course says, and whether the trainings bear it out."""

    text: str
    holds: bool


def claims(found: Sequence[Row]) -> tuple[Claim, ...]:
    """Return what the course says of those networks that were trained; points are of macro-F1."""
    points = {row.entry.id: 100 * fmean(row.macro_f1) for row in found}
    scores = {row.entry.id: 100 * fmean(row.score) / row.max_score for row in found}
    made = []

    def less(worse: str, better: str, least: float, text: str) -> None:
        if {worse, better} <= points.keys():
            lost = points[better] - points[worse]
            made.append(Claim(f"{text} ({lost:+.1f} points)", lost >= least))

    less("reference-none", "reference-pose", 10, "augmentation is worth 10 points or more")
    less("reference-flips", "reference-pose", 0.5, "without flips it is better than with them")
    less("lenet-pose", "vgg-pose", 0.5, "VGG-like is better than LeNet")
    less("vgg-pose", "residual-pose", 0.5, "residual is better than VGG-like")
    if "mlp-pose" in scores:
        score = scores["mlp-pose"]
        made.append(Claim(f"an MLP fails ({score:.0f} of 100 points)", score < 50))
    return tuple(made)


def _row(entry: Entry, reports: Sequence[Report]) -> Row:
    last = reports[-1]
    holdouts = [report.metrics.holdout for report in reports]
    assert last.plan is not None
    return Row(
        entry=entry,
        macro_f1=tuple(holdout.macro_f1 for holdout in holdouts if holdout),
        score=tuple(report.score or 0.0 for report in reports),
        max_score=last.max_score,
        parameters=last.model.parameters or 0,
        steps=last.plan.steps,
        used_s=last.plan.used_s or 0.0,
    )
