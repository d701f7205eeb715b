"""Class lists: whatever a system exports about its people, and our own.

Columns are known by their headings, in any order; what is not known is passed over. Our own list
has a column ``submission_id`` and may have ``student_id``, ``name`` and those that any list may:

* ``submitted_at`` and ``due`` (an own due time), as 2027-01-31T23:59:00+01:00;
* ``github_username``, ``section``, ``group``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.errors import IntakeError
from autograder.lms import clock, people
from autograder.lms.headings import FIELDS, OWN_COLUMNS
from autograder.lms.tables import Row, Table, load_table
from autograder.models import Person
from autograder.roster import Roster, Student, safe_id

_PARTICIPANT = re.compile(r"\S+ (\d+)")
_EXTENSION = re.compile(r"Extension granted until:?\s+(.+?)(?:\s+-\s|$)", re.DOTALL)
_NO_STUDENTS = {"instructor", "ta", "reader", "observer", "teacher", "designer"}


@dataclass(frozen=True)
class _Columns:
    """Which heading each field has, and what the list is called."""

    of: Mapping[str, str]
    canvas: bool
    own: bool

    def value(self, row: Row, field: str) -> str:
        heading = self.of.get(field)
        return row.cells.get(heading, "") if heading else ""


def load_roster(path: Path, zone: tzinfo | None = None) -> Roster:
    """Read a class list.

    Args:
        path: The export of any of the systems, or a list of our own.
        zone: Where the clocks of systems hang that write times without a zone; None: nowhere,
            and such times are not known.

    Raises:
        IntakeError: It is missing or no such table; names the file, the line, the column.
    """
    table = load_table(path)
    columns = _columns(table)
    reader = _Reader(path, columns, zone)
    rows = [row for row in table.rows if not _is_no_student(row, columns)]
    students = [reader.student(row) for row in rows]
    if columns.own:
        _refuse_twice(students, rows, path)
    notes = reader.notes()
    return Roster(_merged(students), notes)


def _columns(table: Table) -> _Columns:
    own = "submission_id" in table.headings
    plain = {heading: " ".join(heading.casefold().split("_")) for heading in table.headings}
    canvas_people = "canvas user id" in plain.values()
    of: dict[str, str] = {}
    for heading, name in plain.items():
        field = FIELDS.get(name)
        if canvas_people and name == "user id":
            field = "number"
        if field and (field != "submission_id" or own):
            of.setdefault(field, heading)
    if "github" in of and plain.get(of.get("user_id", "")) == "identifier":
        of["identifier"] = of.pop("user_id")
    if own:
        _check_own(table)
    else:
        if "user_id" not in of and _names_participants(table):
            of["user_id"] = table.headings[0]
        if not _is_class_list(of):
            _refuse(table)
    canvas = canvas_people or {"Student", "ID", "Section"} <= set(table.headings)
    return _Columns(of, canvas or {"LastName", "ID"} <= set(table.headings), own)


def _names_participants(table: Table) -> bool:
    """Whether the first column is Moodle's “Participant 123”, in whatever language."""
    cells = [row.cells.get(table.headings[0], "") for row in table.rows]
    words = {cell.rpartition(" ")[0] for cell in cells}
    numbers = {match[1] for cell in cells if (match := _PARTICIPANT.fullmatch(cell))}
    return bool(cells) and len(words) == 1 and len(numbers) == len(cells)


def _is_class_list(of: Mapping[str, str]) -> bool:
    """Whether there is an id: names alone tell two people of one name not apart."""
    return bool(set(of) & {"user_id", "number", "username", "email", "github"})


def _check_own(table: Table) -> None:
    headings, path = table.headings, table.path
    twice = next((name for name in headings if name and headings.count(name) > 1), None)
    if twice:
        raise IntakeError(f"{path}:1: {twice}: heading given twice; keep one of them")
    _refuse_near(table)


def _refuse_near(table: Table) -> None:
    # A misspelt heading would drop a column without a word, and with it, say, all lateness.
    for heading in table.headings:
        plain = heading.lower().replace(" ", "_")
        missing = [column for column in (*OWN_COLUMNS, "due") if column not in table.headings]
        near = difflib.get_close_matches(plain, missing, n=1, cutoff=0.85)
        if heading not in OWN_COLUMNS and near and plain.replace("_", " ") not in FIELDS:
            raise IntakeError(
                f"{table.path}:1: {heading}: unknown heading; did you mean {near[0]}?"
            )


def _refuse(table: Table) -> None:
    for heading in table.headings:
        if heading.lower().replace(" ", "_") in OWN_COLUMNS[:1]:
            raise IntakeError(
                f"{table.path}:1: {heading}: unknown heading; did you mean submission_id?"
            )
    found = ", ".join(table.headings) or "nothing"
    raise IntakeError(
        f"{table.path}:1: submission_id: no such heading (found: {found}); "
        f"the first line names the columns: {','.join(OWN_COLUMNS)}; or give the export of a "
        "gradebook or of a list of people, as it is"
    )


def _is_no_student(row: Row, columns: _Columns) -> bool:
    """Whether a row is a system's own, or somebody's who teaches."""
    if columns.value(row, "role").casefold() in _NO_STUDENTS:
        return True
    if not columns.canvas:
        return False
    # The rows of points and of how grades are posted have no ids.
    is_test = columns.value(row, "name") in {"Student, Test", "Test Student"}
    ids = ("user_id", "number", "username", "email")
    return is_test or not any(columns.value(row, field) for field in ids)


class _Reader:
    """Reads rows; remembers what times it could not."""

    def __init__(self, path: Path, columns: _Columns, zone: tzinfo | None) -> None:
        self._path, self._columns, self._zone = path, columns, zone
        self._unread: dict[str, list[int]] = {}

    def notes(self) -> tuple[str, ...]:
        return tuple(
            f"{self._path}: {heading}: {len(lines)} times there have no zone or cannot be read, "
            f"and count as unknown (first in line {lines[0]})"
            for heading, lines in self._unread.items()
        )

    def student(self, row: Row) -> Student:
        """Return a row's.

        Raises:
            IntakeError: Something in it cannot be.
        """
        person = self._person(row)
        submission_id = self._submission_id(row)
        return Student(
            submission_id=submission_id,
            student_id=person.number or submission_id or people.marks_id(person) or person.name,
            name=person.name,
            submitted_at=self._time(row, "submitted_at"),
            person=person,
            groups=_listed(self._columns.value(row, "group")),
            due=self._time(row, "due") or self._extension(row),
        )

    def _person(self, row: Row) -> Person:
        def value(field: str) -> str:
            return self._columns.value(row, field)

        user_id = _PARTICIPANT.fullmatch(value("user_id"))
        family, given = value("family"), value("given")
        both = f"{family}, {given}" if family and given else family or given
        # On GitHub, whoever teaches has chosen what people are known by.
        known_by = value("identifier")
        is_email, is_number = "@" in known_by, any(char.isdigit() for char in known_by)
        return Person(
            name=value("name") or both or ("" if is_email or is_number else known_by),
            user_id=user_id[1] if user_id else value("user_id"),
            number=value("number").removeprefix("#") or (known_by if is_number > is_email else ""),
            username=value("username").removeprefix("#"),
            email=value("email") or (known_by if is_email else ""),
            section=value("section"),
            github=value("github"),
        )

    def _submission_id(self, row: Row) -> str:
        given = self._columns.value(row, "submission_id")
        if self._columns.own and not given:
            raise IntakeError(
                f"{self._path}:{row.line}: submission_id: empty; write the name of the "
                "submission's folder or file (without its ending)"
            )
        return safe_id(given) if given else ""

    def _time(self, row: Row, field: str) -> datetime | None:
        text = self._columns.value(row, field)
        if not text:
            return None
        heading = self._columns.of[field]
        if heading in {"submitted_at", "due"}:
            return _our_time(text, self._path, row.line, heading)
        # Systems write a dash or a word where nothing was handed in.
        has_digits = any(char.isdigit() for char in text)
        return self._wall_clock(text, heading, row.line) if has_digits else None

    def _extension(self, row: Row) -> datetime | None:
        match = _EXTENSION.search(self._columns.value(row, "status"))
        return self._wall_clock(match[1], self._columns.of["status"], row.line) if match else None

    def _wall_clock(self, text: str, heading: str, line: int) -> datetime | None:
        time = clock.in_zone(clock.parse(text), self._zone)
        if time is None:
            self._unread.setdefault(heading, []).append(line)
        return time


def _listed(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in (text, *re.split(r"[;,]", text)))
    return tuple(dict.fromkeys(part for part in parts if part))


def _our_time(text: str, path: Path, line: int, column: str) -> datetime | None:
    example = "write it as 2027-01-31T23:59:00+01:00"
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise IntakeError(f"{path}:{line}: {column}: {text!r} is no time; {example}") from None
    if time.tzinfo is None:
        raise IntakeError(
            f"{path}:{line}: {column}: {text!r} has no time zone, so lateness cannot be told; "
            f"{example}"
        )
    try:
        time.astimezone(UTC)
    except OverflowError:
        raise IntakeError(f"{path}:{line}: {column}: {text!r} is out of range") from None
    return time


def _refuse_twice(students: list[Student], rows: list[Row], path: Path) -> None:
    places: dict[tuple[str, str], int] = {}
    for student, row in zip(students, rows, strict=True):
        for column in ("submission_id", "student_id"):
            value = getattr(student, column)
            earlier = places.setdefault((column, value.casefold()), row.line)
            if earlier != row.line:
                raise IntakeError(
                    f"{path}:{row.line}: {column}: {value!r} stands in line {earlier} already; "
                    "keep the line that counts"
                )


def _merged(students: list[Student]) -> tuple[Student, ...]:
    """Return each once: who is in two sections has two lines, alike in all else."""
    merged: dict[Student, Student] = {}
    for student in students:
        same = replace(student, person=replace(student.person, section=""), groups=())
        earlier = merged.get(same)
        if earlier is None:
            merged[same] = student
            continue
        sections = dict.fromkeys([*earlier.person.section.split(", "), student.person.section])
        merged[same] = replace(
            earlier,
            person=replace(earlier.person, section=", ".join(filter(None, sections))),
            groups=tuple(dict.fromkeys((*earlier.groups, *student.groups))),
        )
    return tuple(merged.values())
