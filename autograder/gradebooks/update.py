"""What becomes of each cell: set, left as it is, or not ours to touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from autograder.errors import ResultsError
from autograder.gradebooks.formats import number
from autograder.gradebooks.matching import Graded, Matching
from autograder.gradebooks.sheet import Row, Sheet

_HALF_A_HUNDREDTH = 0.005


class Action(StrEnum):
    """What becomes of a cell."""

    SET = "set"
    SAME = "same"
    KEPT_HIGHER = "kept: it is higher"
    KEPT_TEXT = "kept: it is no number"
    NOT_GRADED = "not graded: our fault, not theirs"


@dataclass(frozen=True)
class Change:
    """A student's cell.

    Attributes:
        row: Where it stands.
        person: Whose grade it is.
        new: What would be written; empty if there is no grade.
        action: What is done.
    """

    row: Row
    person: Graded
    new: str
    action: Action


def changes_of(
    sheet: Sheet, matching: Matching, *, overwrite: bool, scale: bool
) -> tuple[Change, ...]:
    """Decide about every student that has a result.

    Args:
        sheet: The export.
        matching: Whose result is whose.
        overwrite: Whether a higher grade, or a text such as EX, gives way too.
        scale: Whether grades are brought to the points of the export.

    Raises:
        ResultsError: The export counts other points than we do, or a line is damaged.
    """
    _refuse_ragged(sheet, matching)
    _refuse_other_points(sheet, matching, scale=scale)
    return tuple(_change(row, person, sheet, overwrite) for row, person in matching.pairs)


def write_back(sheet: Sheet, changes: Sequence[Change], *, keep_all: bool) -> bytes:
    """Return the export with the new grades.

    The lines of students that have no grade from us are left out, unless ``keep_all``: to upload
    an empty cell takes away a grade that somebody gave in the meantime.
    """
    graded = {one.row.record.line for one in changes if one.action is not Action.NOT_GRADED}
    students = {row.record.line for row in sheet.rows}
    cells = {
        one.row.record.line: {sheet.column.index: one.new}
        for one in changes
        if one.action is Action.SET
    }
    return sheet.file.to_bytes(
        lambda record: keep_all or record.line in graded or record.line not in students, cells
    )


def _change(row: Row, person: Graded, sheet: Sheet, overwrite: bool) -> Change:
    report = person.report
    if report.grade is None:
        return Change(row, person, "", Action.NOT_GRADED)
    points = report.max_score if row.points is None else row.points
    grade = round(report.grade * points / report.max_score, 2)
    new = f"{grade:.2f}"
    action = _action(row.old, grade, overwrite=overwrite)
    return Change(row, person, new.replace(".", ",") if sheet.comma else new, action)


def _action(old: str, grade: float, *, overwrite: bool) -> Action:
    if not old:
        return Action.SET
    before = number(old)
    if before is None:
        return Action.SET if overwrite else Action.KEPT_TEXT
    if abs(before - grade) < _HALF_A_HUNDREDTH:
        return Action.SAME
    return Action.KEPT_HIGHER if before > grade and not overwrite else Action.SET


def _refuse_ragged(sheet: Sheet, matching: Matching) -> None:
    """A line with more or fewer cells may have its grade anywhere."""
    width = len(sheet.file.records[0].cells)
    for row, _ in matching.pairs:
        found = len(row.record.cells)
        if found != width:
            raise ResultsError(
                f"{sheet.file.path}:{row.record.line}: {found} cells under {width} headings; "
                "export it again"
            )


def _refuse_other_points(sheet: Sheet, matching: Matching, *, scale: bool) -> None:
    for row, person in matching.pairs:
        ours = person.report.max_score
        if row.points is not None and row.points <= 0:
            raise ResultsError(
                f"{sheet.file.path}: {sheet.column.heading!r} counts {row.points:g} points; "
                f"give it its points ({ours:g}) there, and export it again"
            )
        if not scale and row.points is not None and abs(row.points - ours) >= _HALF_A_HUNDREDTH:
            raise ResultsError(
                f"{sheet.file.path}: {sheet.column.heading!r} counts {row.points:g} points, the "
                f"rules {ours:g}; --scale brings the grades to {row.points:g}"
            )
