"""What a class as a whole says about itself and its assignment: pure statistics over reports.

Submissions that we failed to grade (INTERNAL_ERROR) have no points, so they count nowhere but
among the verdicts and flags.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.models import Verdict
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart
from autograder.scoring import hundredths

SIMILAR = "similar"
# To look into first: what may be wrong with a grade, then what may be wrong with a submission.
FLAG_ORDER = (
    "needs-attention", "replay-different", "check-error", "unisolated", SIMILAR, "borderline",
    "unstable", "degraded-isolation", "one-cpu-model", "default-holdout", "late", "budget-cut",
)  # fmt: skip
_Z = 1.959963984540054  # of a normal distribution, 2.5 % lie above
_FEWEST_FOR_AN_INTERVAL = 4


@dataclass(frozen=True)
class Discrimination:
    """Whether those who did well in everything else did well in one criterion, too.

    Attributes:
        value: Corrected item-total correlation, -1..1.
        low: Lower end of its 95 % interval; -1 for three submissions, which say next to nothing.
        high: Upper end; 1 for three submissions.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class CriterionStatistics:
    """How the class did in one line of the rubric.

    Attributes:
        id: Of the criterion.
        title: Its title.
        max_points: That could be won.
        count: Submissions it was judged for.
        mean: Points.
        median: Points.
        at_zero: Submissions without a point.
        at_full: Submissions with all points.
        shares: Share of the points won, 0..1, one for each submission, ascending.
        discrimination: None where it is undefined, see `discrimination`.
    """

    id: str
    title: str
    max_points: float
    count: int
    mean: float
    median: float
    at_zero: int
    at_full: int
    shares: tuple[float, ...]
    discrimination: Discrimination | None


@dataclass(frozen=True)
class ScoreBin:
    """Scores of one range.

    Attributes:
        low: In percent of all points; part of the range.
        high: Not part of it, but for the last range's.
        graded: Submissions with verdict GRADED.
        others: Submissions with any other verdict, most of them without a point.
    """

    low: float
    high: float
    graded: int
    others: int


@dataclass(frozen=True)
class Confusion:
    """One sign that the class's networks take for another.

    Attributes:
        class_id: What is shown.
        read_as: What it is taken for.
        count: Images misread so, over all submissions and their runs.
        share: Of the images shown of that class, 0..1; None where reports don't say how many.
        submissions: That misread at least one image so.
    """

    class_id: int
    read_as: int
    count: int
    share: float | None
    submissions: int


def criteria_statistics(reports: Sequence[Report]) -> tuple[CriterionStatistics, ...]:
    """Return the statistics of each criterion, in the rubric's order.

    A criterion that could not be judged (a check that crashed) is left out for that submission.
    """
    judged = [
        {part.id: part for part in report.criteria if _is_judged(part)}
        for report in reports
        if report.score is not None
    ]
    ids = dict.fromkeys(part.id for report in reports for part in report.criteria)
    return tuple(
        _criterion(judged, id_) for id_ in ids if any(id_ in criteria for criteria in judged)
    )


def discrimination(pairs: Iterable[tuple[float, float]]) -> Discrimination | None:
    """Return the corrected item-total correlation of a criterion.

    Pearson's correlation between the points of a criterion and the sum of all other points; the
    criterion itself is left out of the total, with which it would correlate by being part of it
    (Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28, 1963).
    The interval is that of Fisher's z (Fisher, "On the probable error of a coefficient of
    correlation deduced from a small sample", Metron 1, 1921).

    Args:
        pairs: For each submission the criterion's points, and those of all others together.

    Returns:
        None where it is undefined: fewer than three submissions, or one of both is the same for
        all of them.
    """
    items, rests = [list(side) for side in zip(*pairs, strict=True)] or ([], [])
    if len(items) < 3 or len(set(items)) == 1 or len(set(rests)) == 1:
        return None
    value = max(-1.0, min(1.0, statistics.correlation(items, rests)))
    if len(items) < _FEWEST_FOR_AN_INTERVAL:
        return Discrimination(value, -1.0, 1.0)
    if abs(value) == 1.0:
        return Discrimination(value, value, value)
    middle, reach = math.atanh(value), _Z / math.sqrt(len(items) - 3)
    return Discrimination(value, math.tanh(middle - reach), math.tanh(middle + reach))


def score_bins(reports: Sequence[Report], count: int) -> tuple[ScoreBin, ...]:
    """Return how the scores, before lateness, spread over so many ranges of equal width."""
    places: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for report in reports:
        if report.percent is not None:
            place = min(count - 1, max(0, math.floor(report.percent * count / 100)))
            places[report.verdict is Verdict.GRADED][place] += 1
    return tuple(
        ScoreBin(
            100 * place / count,
            100 * (place + 1) / count,
            places[True][place],
            places[False][place],
        )
        for place in range(count)
    )


def confusions(reports: Sequence[Report]) -> tuple[Confusion, ...]:
    """Return which signs the class's networks take for which others, the most frequent first.

    Every submission weighs the same: a share is the mean over submissions.
    """
    counts: Counter[tuple[int, int]] = Counter()
    submissions: Counter[tuple[int, int]] = Counter()
    shown: Counter[int] = Counter()
    shares: defaultdict[tuple[int, int], float] = defaultdict(float)
    for report in reports:
        holdout = report.metrics.holdout
        if holdout is None:
            continue
        images = {
            class_id: number * holdout.runs
            for class_id, number in enumerate(holdout.class_counts)
            if number
        }
        shown.update(images.keys())
        for mistake in holdout.mistakes:
            pair = mistake.class_id, mistake.read_as
            counts[pair] += mistake.count
            submissions[pair] += 1
            if mistake.class_id in images:
                shares[pair] += mistake.count / images[mistake.class_id]
    found = (
        Confusion(
            class_id=pair[0],
            read_as=pair[1],
            count=count,
            share=shares[pair] / shown[pair[0]] if shown[pair[0]] else None,
            submissions=submissions[pair],
        )
        for pair, count in counts.items()
    )
    return tuple(sorted(found, key=_by_share))


def _by_share(one: Confusion) -> tuple[float, int, int, int]:
    return -(one.share or 0.0), -one.count, one.class_id, one.read_as


def verdict_counts(reports: Sequence[Report]) -> dict[Verdict, int]:
    """Return how many submissions ended with each verdict that occurred, in its usual order."""
    counts = Counter(report.verdict for report in reports)
    return {verdict: counts[verdict] for verdict in Verdict if counts[verdict]}


def flags_of(report: Report, similar: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return a report's flags, with ``similar`` where others are alike; most urgent first."""
    own = {*report.flags, *([SIMILAR] if similar.get(report.submission.id) else [])}
    return tuple(sorted(own, key=_urgency))


def flag_counts(reports: Sequence[Report], similar: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many submissions carry each flag that occurred; most urgent first."""
    counts = Counter(flag for report in reports for flag in flags_of(report, similar))
    return {flag: counts[flag] for flag in sorted(counts, key=_urgency)}


def _urgency(flag: str) -> tuple[int, str]:
    return FLAG_ORDER.index(flag) if flag in FLAG_ORDER else len(FLAG_ORDER), flag


def _is_judged(part: CriterionPart) -> bool:
    # Only a check that crashed has neither a value nor an answer.
    return part.value is not None or part.passed is not None


def _criterion(judged: Sequence[Mapping[str, CriterionPart]], id_: str) -> CriterionStatistics:
    parts = [criteria[id_] for criteria in judged if id_ in criteria]
    points = [part.points for part in parts]
    complete = {id_ for criteria in judged for id_ in criteria}
    pairs = [
        (criteria[id_].points, _rest(criteria, id_))
        for criteria in judged
        if len(complete) > 1 and complete == {*criteria}
    ]
    return CriterionStatistics(
        id=id_,
        title=parts[-1].title,
        max_points=parts[-1].max_points,
        count=len(parts),
        mean=statistics.fmean(points),
        median=statistics.median(points),
        at_zero=sum(part.points <= 0 for part in parts),
        at_full=sum(part.points >= part.max_points for part in parts),
        shares=tuple(sorted(_share(part) for part in parts)),
        discrimination=discrimination(pairs),
    )


def _rest(criteria: Mapping[str, CriterionPart], id_: str) -> float:
    return hundredths(math.fsum(part.points for key, part in criteria.items() if key != id_))


def _share(part: CriterionPart) -> float:
    return max(0.0, min(1.0, part.points / part.max_points)) if part.max_points else 1.0
