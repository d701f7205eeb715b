"""Several attempts of one student: which is graded, and which of those graded counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from autograder.lms import clock
from autograder.lms.handed_in import HandedIn
from autograder.models import Verdict
from autograder.reports.report import Report

Which = Literal["latest", "first", "best"]
_NUMBERED = re.compile(r"(?P<student>.+)~(?P<attempt>\d+)", re.DOTALL)


def chosen(attempts: Iterable[HandedIn], which: Which) -> list[HandedIn]:
    """Return, of one student's attempts, those to grade, the earliest first."""
    ordered = sorted(attempts, key=lambda one: (clock.order(one.submitted_at), one.sequence))
    if which == "best":
        return ordered
    return ordered[:1] if which == "first" else ordered[-1:]


def numbered(id_: str, attempt: int) -> str:
    """Return the id of an attempt, counted from 1; no other id has a ``~`` in it."""
    return id_ if attempt == 1 else f"{id_}~{attempt}"


def counting(reports: Iterable[Report]) -> tuple[Report, ...]:
    """Return of each student the attempt with the best grade, of equal ones the latest.

    Where one attempt could not be graded for a fault of ours, nobody knows which is best: then
    that one is returned, which has no grade, until grading it again settles it. Attempts that an
    earlier grading left behind, when more of them were to count, are passed over.
    """
    attempts: dict[str, dict[int, Report]] = {}
    for report in reports:
        match = _NUMBERED.fullmatch(report.submission.id)
        student, number = (match["student"], int(match["attempt"])) if match else (None, 1)
        attempts.setdefault(student or report.submission.id, {})[number] = report
    return tuple(_best(of_one) for of_one in attempts.values())


def _best(attempts: Mapping[int, Report]) -> Report:
    first = attempts.get(1)
    last = first.submission.attempts if first else max(attempts)
    count = {number: report for number, report in attempts.items() if number <= last}

    def rank(number: int) -> tuple[bool, float, int]:
        report = count[number]
        grade = -1.0 if report.grade is None else report.grade
        return report.verdict is Verdict.INTERNAL_ERROR, grade, number

    return count[max(count, key=rank)]
