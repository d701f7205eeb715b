"""`autograder grade-predictions`: the course's older way, files of predictions in, grades out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.gradebook import formula_safe
from autograder.models import Verdict
from autograder.predictions_only import Scale, TeamResult, find_files, grade_file, load_answers
from autograder.reports.files import write_whole
from autograder.view import plain

_COLUMNS = ("team", "file", "verdict", "macro_f1", "accuracy", "wrong", "grade", "reason")


@dataclass(frozen=True)
class PredictionOptions:
    """What was typed.

    Attributes:
        paths: Files, or folders of ``*-predictions.csv``.
        answers: CSV of the right answers.
        out: CSV to write, if any.
        classes: How many there are.
        scale: How macro-F1 becomes a grade.
    """

    paths: Sequence[Path]
    answers: Path
    out: Path | None
    classes: int
    scale: Scale


def grade_predictions(options: PredictionOptions, console: Console) -> int:
    """Grade; return 0, or 1 if a file could not be graded.

    Raises:
        UserError: The answers or a path are unusable.
    """
    answers = load_answers(options.answers, options.classes)
    files = find_files(options.paths)
    graded = [grade_file(file, answers, options.classes, options.scale) for file in files]
    results = sorted(graded, key=lambda one: (-(one.macro_f1 or 0), one.team))
    _show(results, console)
    if options.out:
        write_whole(options.out, _csv(results))
        console.print(plain(f"grades: {options.out}"), soft_wrap=True, highlight=False)
    return 1 if any(one.verdict is not Verdict.GRADED for one in results) else 0


def _show(results: Sequence[TeamResult], console: Console) -> None:
    table = Table()
    for heading in ("team", "verdict", "macro-F1", "accuracy", "wrong", "grade"):
        table.add_column(heading, justify="left" if heading in {"team", "verdict"} else "right")
    for one in results:
        table.add_row(
            plain(one.team),
            one.verdict.value,
            "" if one.macro_f1 is None else f"{one.macro_f1:.4f}",
            "" if one.accuracy is None else f"{one.accuracy:.4f}",
            "" if one.wrong is None else str(one.wrong),
            f"{one.grade:.2f}",
        )
    console.print(table)
    for one in results:
        for finding in one.findings:
            text = f"{one.team}: {finding} {finding.hint}".rstrip()
            console.print(plain(text), soft_wrap=True, highlight=False)


def _csv(results: Sequence[TeamResult]) -> bytes:
    """Return the results in full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in results:
        numbers = (one.macro_f1, one.accuracy, one.wrong, one.grade)
        reason = " ".join(f"{finding} {finding.hint}".strip() for finding in one.findings)
        writer.writerow(
            [
                formula_safe(one.team),
                formula_safe(one.file),
                one.verdict.value,
                *("" if number is None else repr(number) for number in numbers),
                formula_safe(reason),
            ]
        )
    return text.getvalue().encode("utf-8", "replace")
