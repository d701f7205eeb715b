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
class Alert:
    """One reason to look, and whom it is about.

    Attributes:
        filter_by: Which of the table's filters finds them: ``flag`` or ``verdict``.
        value: What it has to be set to.
        tone: How loudly it is shown: ``bad``, ``warn`` or quietly.
        words: What it means.
        count: Submissions.
        everyone: Whether it holds for the whole class, so that no name helps.
        groups: As many as there is room for; more than one in a group where they are alike.
        more: Submissions that are left out.
    """

    filter_by: str
    value: str
    tone: str
    words: str
    count: int
    everyone: bool
    groups: tuple[tuple[Link, ...], ...]
    more: int


def alerts(reports: Sequence[Report], similar: Mapping[str, Sequence[str]]) -> Iterator[Alert]:
    """Yield the reasons to look into some submissions, the most urgent first."""
    failed = _of_verdict(reports, Verdict.INTERNAL_ERROR)
    if failed:
        groups = _one_by_one(failed)
        yield _alert("verdict", Verdict.INTERNAL_ERROR, "bad", NO_GRADE, groups, failed, reports)
    for flag in flag_counts(reports, similar):
        theirs = [report for report in reports if flag in flags_of(report, similar)]
        if flag == "needs-attention":
            theirs = [report for report in theirs if not _is_told_why(report)]
        if theirs:
            groups = _clusters(theirs, similar) if flag == SIMILAR else _one_by_one(theirs)
            words = FLAGS.get(flag, "")
            yield _alert("flag", flag, TONES.get(flag, ""), words, groups, theirs, reports)
    for verdict in verdict_counts(reports):
        if verdict not in {Verdict.GRADED, Verdict.INTERNAL_ERROR}:
            theirs = _of_verdict(reports, verdict)
            words = f"{VERDICTS[verdict].capitalize()}."
            yield _alert("verdict", verdict, "", words, _one_by_one(theirs), theirs, reports)


def _of_verdict(reports: Sequence[Report], verdict: Verdict) -> list[Report]:
    return [report for report in reports if report.verdict is verdict]


def _is_told_why(report: Report) -> bool:
    """Whether other lines already say what a person has to look at."""
    causes = {"check-error", "replay-different"} & {*report.flags}
    return bool(causes) or report.verdict is Verdict.INTERNAL_ERROR


def _alert(  # noqa: PLR0913, PLR0917 - every reason says all of it
    filter_by: str,
    value: str,
    tone: str,
    words: str,
    groups: Sequence[tuple[str, ...]],
    theirs: Sequence[Report],
    everybody: Sequence[Report],
) -> Alert:
    known = {report.submission.id for report in everybody}
    shown = list(_first(groups, _NAMES_SHOWN))
    return Alert(
        filter_by=filter_by,
        value=str(value),
        tone=tone,
        words=words,
        count=len(theirs),
        everyone=len(theirs) == len(everybody) > 1 and all(len(group) == 1 for group in groups),
        groups=tuple(
            tuple(link(id_) if id_ in known else Link(name(id_), "") for id_ in group)
            for group in shown
        ),
        more=sum(map(len, groups)) - sum(map(len, shown)),
    )


def _first(groups: Sequence[tuple[str, ...]], room: int) -> Iterator[tuple[str, ...]]:
    """Yield groups while there is room for names, the last one cut to what is left of it."""
    for group in groups:
        if room <= 0:
            return
        yield group[:room]
        room -= len(group)


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
