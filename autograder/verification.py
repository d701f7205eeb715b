"""Whether grading the same work again came to the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from autograder.models import Verdict
from autograder.reports.report import Environment, Report

_SHOWN = 16


class Sameness(Enum):
    """What came of grading again; the values are the words for it."""

    IDENTICAL = "identical"
    EQUAL_WITHIN = "equal within the stated uncertainty on another fingerprint"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Comparison:
    """One thing that was compared, as it is shown.

    Attributes:
        name: Of the thing.
        before: In the report.
        now: When graded again.
        same: None where the report does not have it yet, being older.
    """

    name: str
    before: str
    now: str
    same: bool | None


@dataclass(frozen=True)
class Verification:
    """A report, held against one of the same work that was made now.

    Attributes:
        sameness: How they compare.
        comparisons: In what.
        reason: Why, in words.
    """

    sameness: Sameness
    comparisons: tuple[Comparison, ...]
    reason: str


def compare(before: Report, now: Report) -> Verification:
    """Compare two gradings of the same work under the same rules and data.

    Args:
        before: The report that is verified.
        now: What grading again came to; not INTERNAL_ERROR, and ``before`` is not either.
    """
    comparisons = _comparisons(before, now)
    apart = [one.name for one in comparisons if one.same is False]
    same_fingerprint = _same_fingerprint(before, now)
    if not apart:
        return Verification(Sameness.IDENTICAL, comparisons, _identical(comparisons))
    told = f"not the same: {', '.join(apart)}"
    if same_fingerprint:
        told += "; the fingerprint is the same, so they should be"
    elif before.verdict is now.verdict is Verdict.GRADED:
        close, why = _closeness(before, now)
        if close:
            return Verification(Sameness.EQUAL_WITHIN, comparisons, f"{told}; {why}")
        told += f"; {why}"
    return Verification(Sameness.DIFFERENT, comparisons, told)


def _same_fingerprint(before: Report, now: Report) -> bool:
    """Whether both ran where equal bits are promised to this training."""
    same_cpu = before.environment.cpu == now.environment.cpu or not before.unportable
    return same_cpu and before.environment.sha256 == now.environment.sha256


def stated_error(report: Report) -> float | None:
    """Return the standard error of the score in points; None where the report states none."""
    return None if report.runs is None else report.runs.score_se


def other_parts(before: Environment, now: Environment) -> tuple[str, ...]:
    """Return the names of what is not the same in two environments."""
    names = (name for name in Environment.model_fields if name != "sha256")
    return tuple(name for name in names if getattr(before, name) != getattr(now, name))


def _closeness(before: Report, now: Report) -> tuple[bool, str]:
    """Return whether two scores are as near as their stated uncertainty lets expect."""
    assert before.score is not None
    assert now.score is not None
    apart = abs(before.score - now.score)
    standard_error = stated_error(before)
    if standard_error is None:
        return False, f"the scores are {apart:.2f} points apart; the report states no uncertainty"
    # 95 % of a normal distribution: as the intervals in the report.
    allowed = 1.96 * standard_error
    relation = "within" if apart <= allowed else "outside of"
    return apart <= allowed, (
        f"the scores are {apart:.2f} points apart, {relation} the ±{allowed:.2f} of the report"
    )


def _identical(comparisons: tuple[Comparison, ...]) -> str:
    """Return the words for two gradings that agree in all that could be compared."""
    unknown = [one.name for one in comparisons if one.same is None]
    names = [one.name for one in comparisons if one.same]
    told = f"the same {', '.join(names)}"
    return f"{told}; not in the report: {', '.join(unknown)}" if unknown else told


def _comparisons(before: Report, now: Report) -> tuple[Comparison, ...]:
    def compared(name: str, of: Callable[[Report], str | None]) -> Comparison | None:
        old, new = of(before), of(now)
        if old is None and new is None:
            return None
        unknown = old is None and before.verdict is Verdict.GRADED
        same = None if unknown else old == new
        return Comparison(name, _shown(old), _shown(new), same)

    found = [compared("verdict", lambda report: report.verdict.value)]
    if before.verdict is Verdict.GRADED:
        found += [
            compared("weights", lambda report: report.weights_sha256),
            compared("predictions", lambda report: report.predictions_sha256),
            compared("runs", _runs),
            compared("score", lambda report: None if report.score is None else f"{report.score}"),
            compared("criteria", _criteria),
        ]
    elif before.verdict is Verdict.REJECTED:
        found.append(compared("findings", _findings))
    return tuple(comparison for comparison in found if comparison)


def _runs(report: Report) -> str | None:
    """Return how many trainings there were, and what each came to."""
    if report.runs is None:
        return None
    runs = [
        f"{run.seed} {run.weights_sha256} {run.macro_f1} {run.accuracy} {run.points}"
        for run in report.runs.made
    ]
    failed = report.runs.failed
    if failed:
        runs.append(f"{failed.seed} {failed.verdict}")
    return f"{len(runs)}: {', '.join(runs)}"


def _criteria(report: Report) -> str:
    return " + ".join(f"{criterion.points:g}" for criterion in report.criteria)


def _findings(report: Report) -> str:
    return " ".join(finding.rule for finding in report.findings)


def _shown(text: str | None) -> str:
    if text is None:
        return "-"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
