"""An export, understood: who stands in which line, and what the column holds now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.gradebooks.columns import Column, Export, fold, value
from autograder.gradebooks.csv_file import CsvFile, Record
from autograder.gradebooks.formats import MOODLE, USER_ID, GradebookFormat, number

# Stands for every kind, where nobody knows which it is.
ANY = "any"
# How a spreadsheet keeps the zeros in front of a number.
_EXCEL_TEXT = re.compile(r'="(.*)"')


@dataclass(frozen=True)
class Row:
    """A student in an export.

    Attributes:
        record: Where it stands.
        ids: All that identify the student, as `id_key` makes them.
        own_id: The system's own, as written: the first of its columns of ids that is there.
        name: As the export has it; empty if it has none.
        old: What stands in the column; empty if there is no grade.
        points: How many points can be won; None if the export does not say.
    """

    record: Record
    ids: frozenset[str]
    own_id: str
    name: str
    old: str
    points: float | None

    @property
    def label(self) -> str:
        """What to call the student."""
        return self.name or self.own_id


@dataclass(frozen=True)
class Sheet:
    """An export and the column that takes the grades.

    Attributes:
        file: The export.
        rules: Of the system that it comes from.
        column: Takes the grades.
        rows: Who stands in it.
        comma: Whether decimals stand after a comma.
    """

    file: CsvFile
    rules: GradebookFormat
    column: Column
    rows: tuple[Row, ...]
    comma: bool


def understand(
    file: CsvFile, rules: GradebookFormat, *, column: str, assignment: str, id_heading: str = ""
) -> Sheet:
    """Find the column and the students.

    Args:
        file: The export.
        rules: Of the system that it comes from.
        column: Heading, title or id of the column; empty to let the rules find it.
        assignment: The title that decides where the rules find several.
        id_heading: The one column that identifies students; empty for all that may.

    Raises:
        ResultsError: There is no such column, or several; lists those there are.
    """
    export = Export(file, rules)
    grades = export.grade_column(column, assignment)
    points = export.points_column(grades)
    ids = export.id_columns(id_heading)
    rows = tuple(_row(record, export, grades, points, ids) for record in export.students)
    return Sheet(file, rules, grades, rows, _has_comma(export, grades.index, points))


def id_key(kind: str, id_: str) -> str:
    """Return what two ids have in common if they are one."""
    return f"{kind}:{fold(id_)}"


def _row(
    record: Record,
    export: Export,
    grades: Column,
    points: int | None,
    ids: Mapping[int, tuple[str, ...]],
) -> Row:
    old = value(record, grades.index)
    return Row(
        record=record,
        ids=frozenset(
            id_key(kind, id_)
            for index, kinds in ids.items()
            for id_ in _ids(value(record, index), kinds, export.rules)
            for kind in (ANY, *kinds)
        ),
        own_id=value(record, next(iter([*export.columns(export.rules.ids), *ids]))),
        name=_name(record, export),
        old="" if old in export.rules.not_graded else old,
        points=grades.points if points is None else number(value(record, points)),
    )


def _ids(text: str, kinds: tuple[str, ...], rules: GradebookFormat) -> Iterator[str]:
    """Yield the ways in which a cell identifies a student."""
    as_text = _EXCEL_TEXT.fullmatch(text)
    plain = (as_text[1] if as_text else text).removeprefix(rules.id_prefix).strip()
    if plain:
        yield plain
    if rules is MOODLE and USER_ID in kinds and (digits := re.search(r"\d+$", plain)):
        yield digits[0]  # of “Participant 123”, in whatever language


def _name(record: Record, export: Export) -> str:
    rules = export.rules
    for index in export.columns(rules.names):
        return value(record, index)
    parts = (export.columns(rules.given_names)[:1], export.columns(rules.family_names)[:1])
    return " ".join(value(record, index) for part in parts for index in part).strip()


def _has_comma(export: Export, *columns: int | None) -> bool:
    cells = [
        value(record, index) for record in export.students for index in columns if index is not None
    ]
    numbers = [cell for cell in cells if number(cell) is not None]
    return any("," in one for one in numbers) and not any("." in one for one in numbers)
