"""Submissions as the class page shows them: by their own names, or by pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from autograder.models import Verdict
from autograder.pages.class_charts import Measured
from autograder.pages.class_stats import flags_of
from autograder.pages.class_words import TONES, VERDICTS
from autograder.pages.pseudonyms import pseudonyms
from autograder.pages.texts import name
from autograder.reports.report import Report


@dataclass(frozen=True)
class Link:
    """A submission by its name; without an address there is nothing to open."""

    text: str
    href: str


@dataclass(frozen=True)
class Flag:
    """A flag and how loudly it is shown: ``bad``, ``warn`` or quietly."""

    id: str
    tone: str


@dataclass(frozen=True)
class Row:
    """One line of the instructor's table; empty texts where there is nothing to say."""

    link: Link
    name: str
    verdict: str
    verdict_words: str
    tone: str
    grade: str
    score: str
    reach: str
    macro_f1: str
    seconds: str
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Standing:
    """One line of the leaderboard."""

    rank: int
    name: str
    score: str
    percent: float
    macro_f1: str
    seconds: str

    @property
    def merit(self) -> tuple[float, float]:
        """What it is ranked by, least first."""
        return -self.percent, -float(self.macro_f1 or 0)


def link(submission_id: str) -> Link:
    """Return where the report of a submission lies, seen from the class page."""
    return Link(name(submission_id), f"submissions/{quote(submission_id, safe='')}/report.html")


def rows(reports: Sequence[Report], similar: Mapping[str, Sequence[str]]) -> list[Row]:
    """Return the table's lines, best grade first, those without a grade last."""
    return [_row(report, similar) for report in sorted(reports, key=_by_grade)]


def standings(reports: Sequence[Report]) -> list[Standing]:
    """Return the leaderboard: complete gradings, the best first, nothing that tells who.

    By the score before lateness, then by macro-F1 as shown; who is equal in both shares a rank.
    """
    names = pseudonyms(reports)
    unranked = sorted(
        (
            _standing(names[report.submission.id], report)
            for report in reports
            if report.verdict is Verdict.GRADED
        ),
        key=lambda one: (*one.merit, one.name),
    )
    ranks: dict[tuple[float, float], int] = {}
    for place, one in enumerate(unranked, 1):
        ranks.setdefault(one.merit, place)
    return [replace(one, rank=ranks[one.merit]) for one in unranked]


def measured(reports: Sequence[Report], *, anonymous: bool) -> list[Measured]:
    """Return what the scatter shows, in an order that tells nothing."""
    names = pseudonyms(reports) if anonymous else {}
    found = []
    for report in reports:
        holdout, used_s = report.metrics.holdout, report.budget.training_s.used
        if holdout is None or used_s is None:
            continue
        shown = link(report.submission.id)
        found.append(
            Measured(
                name=names.get(report.submission.id, shown.text),
                link="" if anonymous else shown.href,
                seconds=round(used_s, 1),
                macro_f1=round(holdout.macro_f1, 3),
                kind="plain" if anonymous else _kind(report),
            )
        )
    return sorted(found, key=lambda one: (one.seconds, one.macro_f1, one.name))


def _kind(report: Report) -> str:
    if report.verdict is not Verdict.GRADED:
        return "partial"
    return "borderline" if "borderline" in report.flags else "plain"


def _by_grade(report: Report) -> tuple[bool, float, float, str]:
    return (
        report.grade is None,
        -(report.grade or 0.0),
        -(report.score or 0.0),
        report.submission.id,
    )


def _row(report: Report, similar: Mapping[str, Sequence[str]]) -> Row:
    holdout = report.metrics.holdout
    return Row(
        link=link(report.submission.id),
        name=name(report.submission.name),
        verdict=report.verdict.value,
        verdict_words=VERDICTS[report.verdict],
        tone={Verdict.GRADED: "", Verdict.INTERNAL_ERROR: "bad"}.get(report.verdict, "warn"),
        grade=_decimals(report.grade, 2),
        score=_decimals(report.score, 2),
        reach=_decimals(1.96 * report.runs.score_se, 1) if report.runs else "",
        macro_f1=_decimals(holdout.macro_f1 if holdout else None, 3),
        seconds=_decimals(report.budget.training_s.used, 1),
        flags=tuple(Flag(flag, TONES.get(flag, "")) for flag in flags_of(report, similar)),
    )


def _standing(name: str, report: Report) -> Standing:
    holdout = report.metrics.holdout
    return Standing(
        rank=0,
        name=name,
        score=_decimals(report.score, 2),
        percent=report.percent or 0.0,
        macro_f1=_decimals(holdout.macro_f1 if holdout else None, 3),
        seconds=_decimals(report.budget.training_s.used, 1),
    )


def _decimals(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"
