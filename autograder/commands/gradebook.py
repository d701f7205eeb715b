"""`autograder gradebook`: results out, into the instructor's own export or as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.errors import ResultsError
from autograder.gradebooks.csv_file import read_csv
from autograder.gradebooks.feedback import FeedbackZip, feedback_zip
from autograder.gradebooks.formats import FORMATS
from autograder.gradebooks.matching import Matching, graded_by, match
from autograder.gradebooks.sheet import Sheet, understand
from autograder.gradebooks.tables import write_table
from autograder.gradebooks.update import Action, Change, changes_of, write_back
from autograder.lms.attempts import counting
from autograder.models import Verdict
from autograder.reports.files import write_whole
from autograder.reports.report import Report
from autograder.results import read_results
from autograder.view import plain

BY_IDS, BY_NAME = "ids", "name"


@dataclass(frozen=True)
class GradebookOptions:
    """What was typed.

    Attributes:
        results: Results folder.
        format_name: The system that the export comes from.
        into: The export; None to write a table.
        out: File to write.
        column: Heading, title or id of the column that takes the grades; empty to find it.
        match: ``ids``, ``name`` (ids first), or the heading of the column that identifies.
        overwrite: Also put lower grades over higher ones.
        scale: Bring grades to the points of the export.
        keep_all: Keep the lines of students without a grade.
        feedback_zip: File to pack everybody's report into, if any.
    """

    results: Path
    format_name: str
    into: Path | None
    out: Path
    column: str = ""
    match: str = BY_IDS
    overwrite: bool = False
    scale: bool = False
    keep_all: bool = False
    feedback_zip: Path | None = None


def gradebook(options: GradebookOptions, console: Console) -> int:
    """Write the gradebook; return 0, or 1 if somebody's grade is not in it and should be.

    Raises:
        ResultsError: The results, the export or a file to write are unusable.
    """
    reports = counting(read_results(options.results))
    if options.into is None:
        return _table(reports, options, console)
    return _export(reports, options, options.into, console)


def _table(reports: Sequence[Report], options: GradebookOptions, console: Console) -> int:
    if options.format_name != "generic" or options.feedback_zip:
        raise ResultsError(
            f"--into: missing: export the grades from {options.format_name} as CSV and name the "
            "file; only --format generic writes a table of its own"
        )
    count = write_table(reports, options.out)
    _say(console, f"{options.out}: {_plural(count, 'submission')}")
    failed = [report for report in reports if report.verdict is Verdict.INTERNAL_ERROR]
    _list(console, "not graded (our fault, not theirs)", (one.submission.id for one in failed))
    return 1 if failed else 0


def _export(
    reports: Sequence[Report], options: GradebookOptions, into: Path, console: Console
) -> int:
    if options.out.exists() and options.out.samefile(into):
        raise ResultsError(f"{options.out}: is the export itself; write to another file with -o")
    rules = FORMATS[options.format_name]
    titles = {report.assignment for report in reports}
    sheet = understand(
        read_csv(into),
        rules,
        column=options.column,
        assignment=titles.pop() if len(titles) == 1 else "",
        id_heading="" if options.match in {BY_IDS, BY_NAME} else options.match,
    )
    people = [person for report in reports for person in graded_by(report)]
    matching = match(sheet, people, by_name=options.match == BY_NAME)
    changes = changes_of(sheet, matching, overwrite=options.overwrite, scale=options.scale)
    feedback = None
    if options.feedback_zip:
        feedback = feedback_zip(reports, matching, options.results, rules)
        write_whole(options.feedback_zip, feedback.content)
    write_whole(options.out, write_back(sheet, changes, keep_all=options.keep_all))
    _show(sheet, matching, changes, console)
    if feedback:
        _show_feedback(feedback, options, console)
    _say(console, f"{options.out}: {_plural(_count(changes, Action.SET), 'grade')} changed")
    not_in_it = matching.people_left or _count(changes, Action.NOT_GRADED)
    return 1 if not_in_it else 0


def _show(sheet: Sheet, matching: Matching, changes: Sequence[Change], console: Console) -> None:
    table = Table(title=plain(sheet.column.heading), title_justify="left")
    for heading in ("student", "old", "new"):
        table.add_column(heading, justify="left" if heading == "student" else "right")
    for one in changes:
        if one.action is Action.SET:
            table.add_row(plain(one.row.label), plain(one.row.old), plain(one.new))
    if table.row_count:
        console.print(table)
    if same := _count(changes, Action.SAME):
        _say(console, f"unchanged: {_plural(same, 'student')}")
    for action in (Action.KEPT_HIGHER, Action.KEPT_TEXT):
        kept = (f"{c.row.label}: {c.row.old}, not {c.new}" for c in changes if c.action is action)
        _list(console, f"{action} (--overwrite replaces it)", kept)
    failed = (one.row.label for one in changes if one.action is Action.NOT_GRADED)
    _list(console, Action.NOT_GRADED, failed)
    _list(console, "in the export, without a result", (row.label for row in matching.rows_left))
    people_left = (person.label for person in matching.people_left)
    _list(console, "results that match nobody in the export", people_left)
    attention = (
        one.person.label
        for one in changes
        if one.action is not Action.NOT_GRADED and "needs-attention" in one.person.report.flags
    )
    _list(console, "graded, but somebody should look at them", attention)


def _show_feedback(feedback: FeedbackZip, options: GradebookOptions, console: Console) -> None:
    _say(console, f"{options.feedback_zip}: {_plural(feedback.count, 'report')}")
    _list(console, "reports that cannot be handed back in bulk", feedback.left_out)


def _count(changes: Sequence[Change], action: Action) -> int:
    return sum(one.action is action for one in changes)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _list(console: Console, what: str, items: Iterable[str]) -> None:
    lines = list(items)
    if lines:
        _say(console, f"{what}: {len(lines)}")
    for line in lines:
        _say(console, f"  {line}")


def _say(console: Console, text: str) -> None:
    console.print(plain(text), soft_wrap=True, highlight=False)
