"""The class on one page: gradebook.csv, and a summary for the terminal."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.models import Verdict
from autograder.reports.files import remove, write_whole
from autograder.reports.report import Report

COLUMNS = (
    "submission_id",
    "student_id",
    "name",
    "verdict",
    "score",
    "max_score",
    "percent",
    "late_penalty",
    "grade",
    "macro_f1",
    "accuracy",
    "score_se",
    "runs",
    "flags",
)
NEEDS_ATTENTION = "needs-attention.csv"
_NEEDS_ATTENTION_COLUMNS = ("submission_id", "student_id", "name", "verdict", "flags", "note")
# A spreadsheet takes a cell that starts so for a formula. Where it parts cells at semicolons, as
# much of Europe does, or at tabs, it knows nothing of our quotes: a cell starts behind each of
# these, too, and a line end ends the row. After OWASP's "CSV Injection".
_FORMULA_STARTS = ("\t", "\n")
_FORMULA_START = re.compile(
    '(^|[;\t\n])(?=["\\s]*[=+\\-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}'
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}])"
)


@dataclass(frozen=True)
class ClassSummary:
    """How a class did.

    Attributes:
        counts: Submissions by verdict; verdicts that did not occur are left out.
        max_score: Points that could be won.
        mean_score: Over every score in the gradebook, zeros included; None if it is empty.
        median_score: The same.
        lowest_score: The same.
        highest_score: The same.
        needs_attention: Ids of submissions that a person has to look at.
    """

    counts: Mapping[Verdict, int]
    max_score: float | None
    mean_score: float | None
    median_score: float | None
    lowest_score: float | None
    highest_score: float | None
    needs_attention: tuple[str, ...]


def write_gradebook(reports: Sequence[Report], path: Path, similar: Container[str] = ()) -> None:
    """Write a CSV of one row per submission, sorted by id: UTF-8, newlines as a single LF.

    Submissions that we failed to grade (INTERNAL_ERROR) have no grade, so they have no row; they
    are listed in ``needs-attention.csv`` beside it, which exists only if there are any.

    Args:
        reports: Of the class.
        path: Where to.
        similar: Ids of submissions that are suspiciously alike another: flagged ``similar``.

    Raises:
        ResultsError: A file cannot be written.
    """
    in_order = sorted(reports, key=lambda report: report.submission.id)
    graded = [report for report in in_order if report.verdict is not Verdict.INTERNAL_ERROR]
    failed = [report for report in in_order if report.verdict is Verdict.INTERNAL_ERROR]
    rows = [_row(report, similar) for report in graded]
    write_whole(path, _csv(COLUMNS, rows))
    needs_attention = path.with_name(NEEDS_ATTENTION)
    if failed:
        noted = [
            (*_who(report), _flags(report, ()), formula_safe(report.note)) for report in failed
        ]
        write_whole(needs_attention, _csv(_NEEDS_ATTENTION_COLUMNS, noted))
    else:
        remove(needs_attention)


def summarise(reports: Sequence[Report]) -> ClassSummary:
    """Return how the class did."""
    scores = [report.score for report in reports if report.score is not None]
    counts = Counter(report.verdict for report in reports)
    return ClassSummary(
        counts={verdict: counts[verdict] for verdict in Verdict if counts[verdict]},
        max_score=max((report.max_score for report in reports), default=None),
        mean_score=statistics.fmean(scores) if scores else None,
        median_score=statistics.median(scores) if scores else None,
        lowest_score=min(scores, default=None),
        highest_score=max(scores, default=None),
        needs_attention=tuple(
            sorted(report.submission.id for report in reports if "needs-attention" in report.flags)
        ),
    )


def _row(report: Report, similar: Container[str]) -> tuple[str, ...]:
    holdout = report.metrics.holdout
    return (
        *_who(report),
        _number(report.score),
        _number(report.max_score),
        _number(report.percent),
        _number(report.late.points),
        _number(report.grade),
        _number(holdout.macro_f1 if holdout else None, decimals=4),
        _number(holdout.accuracy if holdout else None, decimals=4),
        _number(report.runs.score_se if report.runs else None),
        str(len(report.runs.made)) if report.runs else "",
        _flags(report, similar),
    )


def _who(report: Report) -> tuple[str, ...]:
    submission = report.submission
    return (
        formula_safe(submission.id),
        formula_safe(submission.student_id),
        formula_safe(submission.name),
        report.verdict.value,
    )


def _flags(report: Report, similar: Container[str]) -> str:
    alike = ["similar"] if report.submission.id in similar else []
    return formula_safe(";".join([*report.flags, *alike]))


def _number(value: float | None, decimals: int = 2) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def formula_safe(text: str) -> str:
    """Return a text of which no spreadsheet takes a part for a formula, newlines as a single LF."""
    # The csv module leaves a lone CR unquoted, where readers see the end of a row.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _FORMULA_START.sub(r"\1'", text)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(columns), dtype=str)
    return table.to_csv(index=False, lineterminator="\n").encode()
