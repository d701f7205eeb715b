"""Submissions that an instructor should look into first, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.models import Verdict
from autograder.pages.class_rows import Link, link
from autograder.pages.class_stats import SIMILAR, flag_counts, flags_of, verdict_counts
from autograder.pages.class_words import FLAGS, NO_GRADE, TONES, VERDICTS
from autograder.pages.texts import name
from autograder.reports.report import Report

_NAMES_SHOWN = 12


@dataclass(frozen=True)
class Named:
    """Submissions by name, as many as there is room for.

    Attributes:
        filter_by: Which of the table's filters finds all of them: ``flag`` or ``verdict``.
        value: What it has to be set to.
        groups: More than one in a group where they are alike.
        more: Groups that are left out.
    """

    filter_by: str
    value: str
    groups: tuple[tuple[Link, ...], ...]
    more: int


@dataclass(frozen=True)
class Alert:
    """One reason to look.

    Attributes:
        named: Whom it is about.
        tone: How loudly it is shown: ``bad``, ``warn`` or quietly.
        count: Submissions.
        words: What it means.
        everyone: Whether it holds for the whole class, so that no name helps.
    """

    named: Named
    tone: str
    count: int
    words: str
    everyone: bool


@dataclass(frozen=True)
class VerdictLine:
    """How many gradings ended in one way; whose, unless they were graded."""

    verdict: str
    words: str
    count: int
    percent: float
    named: Named | None


def alerts(reports: Sequence[Report], similar: Mapping[str, Sequence[str]]) -> Iterator[Alert]:
    """Yield the reasons to look into some submissions, the most urgent first."""
    failed = [report for report in reports if report.verdict is Verdict.INTERNAL_ERROR]
    if failed:
        yield Alert(
            named=_named("verdict", Verdict.INTERNAL_ERROR, _one_by_one(failed), reports),
            tone="bad",
            count=len(failed),
            words=NO_GRADE,
            everyone=False,
        )
    for flag in flag_counts(reports, similar):
        theirs = [report for report in reports if flag in flags_of(report, similar)]
        if flag == "needs-attention":
            theirs = [report for report in theirs if not _is_told_why(report)]
        if theirs:
            groups = _clusters(theirs, similar) if flag == SIMILAR else _one_by_one(theirs)
            yield Alert(
                named=_named("flag", flag, groups, reports),
                tone=TONES.get(flag, ""),
                count=len(theirs),
                words=FLAGS.get(flag, ""),
                everyone=len(theirs) == len(reports) > 1,
            )


def verdict_lines(reports: Sequence[Report], *, anonymous: bool) -> list[VerdictLine]:
    """Return how gradings ended, and whose ended before a score; no names if anonymous."""
    return [
        VerdictLine(
            verdict=verdict.value,
            words=VERDICTS[verdict],
            count=count,
            percent=100 * count / len(reports),
            named=None
            if anonymous or verdict is Verdict.GRADED
            else _named(
                "verdict",
                verdict,
                _one_by_one([report for report in reports if report.verdict is verdict]),
                reports,
            ),
        )
        for verdict, count in verdict_counts(reports).items()
    ]


def _is_told_why(report: Report) -> bool:
    """Whether other lines already say what a person has to look at."""
    causes = {"check-error", "replay-different"} & {*report.flags}
    return bool(causes) or report.verdict is Verdict.INTERNAL_ERROR


def _named(
    filter_by: str, value: str, groups: Sequence[tuple[str, ...]], everybody: Sequence[Report]
) -> Named:
    known = {report.submission.id for report in everybody}
    shown = groups[:_NAMES_SHOWN]
    return Named(
        filter_by=filter_by,
        value=str(value),
        groups=tuple(
            tuple(link(id_) if id_ in known else Link(name(id_), "") for id_ in group)
            for group in shown
        ),
        more=len(groups) - len(shown),
    )


def _one_by_one(reports: Sequence[Report]) -> list[tuple[str, ...]]:
    return [(id_,) for id_ in sorted(report.submission.id for report in reports)]


def _clusters(
    reports: Sequence[Report], similar: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    """Return groups of ids that hang together by being alike, largest first."""
    cluster_of: dict[str, frozenset[str]] = {}
    for report in reports:
        id_ = report.submission.id
        near = [cluster_of.get(one, frozenset({one})) for one in (id_, *similar[id_])]
        merged = frozenset().union(*near)
        cluster_of |= dict.fromkeys(merged, merged)
    found = {tuple(sorted(cluster)) for cluster in cluster_of.values()}
    return sorted(found, key=lambda group: (-len(group), group))
