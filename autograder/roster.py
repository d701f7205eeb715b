"""The class list: who is behind a submission, and when it was handed in.

A roster is a CSV file (UTF-8, commas or semicolons) with the columns

    submission_id, student_id, name, submitted_at

of which only the first must be there. Other columns are left alone. Submission times come from
here and nowhere else: the dates of files say when they were copied.
"""

from __future__ import annotations

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from autograder.errors import IntakeError
from autograder.names import WINDOWS_DEVICES

_COLUMNS = ("submission_id", "student_id", "name", "submitted_at")
_MAX_ID_BYTES = 120


def safe_id(name: str, ending: str = "") -> str:
    """Return a name made safe as a file name on every system.

    Letters and digits of any script, ``.``, ``_`` and ``-`` stay (Unicode NFC); anything else
    becomes ``-``. Never empty, never hidden, at most 120 bytes of UTF-8, ``ending`` included.
    """
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(char if _is_safe(char) else " " for char in composed)
    joined = "-".join(kept.split()).lstrip(".-")
    if joined.rstrip(".-").partition(".")[0].casefold() in WINDOWS_DEVICES:
        joined = f"_{joined}"
    most = _MAX_ID_BYTES - len(ending)
    short = joined.encode()[:most].decode(errors="ignore").rstrip(".-")
    return (short or "submission") + ending


def _is_safe(char: str) -> bool:
    # L, M, N: letters, the marks that some scripts write on them, numbers.
    return char in "._-" or unicodedata.category(char)[0] in "LMN"


@dataclass(frozen=True)
class Student:
    """One line of the roster.

    Attributes:
        submission_id: As the submission's id will be (see `safe_id`).
        student_id: The submission's id where the roster has none.
        name: Empty where the roster has none.
        submitted_at: With a time zone; None where the roster has none.
    """

    submission_id: str
    student_id: str
    name: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class Roster:
    """Everybody who was to hand something in."""

    students: tuple[Student, ...] = ()

    @cached_property
    def _by_id(self) -> Mapping[str, Student]:
        return {student.submission_id.casefold(): student for student in self.students}

    def find(self, submission_id: str) -> Student | None:
        """Return who handed this in, upper and lower case being the same."""
        return self._by_id.get(safe_id(submission_id).casefold())

    def unmatched(self, submission_ids: Iterable[str]) -> tuple[Student, ...]:
        """Return those, in the roster's order, of whom there is no submission."""
        present = {safe_id(submission_id).casefold() for submission_id in submission_ids}
        return tuple(s for s in self.students if s.submission_id.casefold() not in present)


def load_roster(path: Path) -> Roster:
    """Read a roster.

    Raises:
        IntakeError: It is missing or no such table; names the file, the line, the column.
    """
    students: dict[str, Student] = {}
    places: dict[tuple[str, str], int] = {}
    for line, row in _rows(path):
        student = _student(row, path, line)
        for column in ("submission_id", "student_id"):
            key = (column, getattr(student, column).casefold())
            earlier = places.setdefault(key, line)
            if earlier != line:
                raise IntakeError(
                    f"{path}:{line}: {column}: {getattr(student, column)!r} stands in line "
                    f"{earlier} already; keep the line that counts"
                )
        students[student.submission_id] = student
    return Roster(tuple(students.values()))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row that is not empty with its line, counted from 1."""
    text = _read(path)
    header_line = text.partition("\n")[0]
    delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, path)
        for cells in reader:
            if len(cells) > len(header):
                raise IntakeError(
                    f"{path}:{reader.line_num}: {len(cells)} cells under {len(header)} headings; "
                    f"put double quotes around a cell that holds a {delimiter!r}"
                )
            if any(cell.strip() for cell in cells):
                values = (cell.strip() for cell in cells)
                yield reader.line_num, dict(zip(header, values, strict=False))
    except csv.Error as error:
        raise IntakeError(f"{path}:{reader.line_num}: not a CSV table: {error}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise IntakeError(f"{path}: no such file; it should be the roster, a CSV file") from None
    except UnicodeDecodeError as error:
        raise IntakeError(f"{path}: not UTF-8; save it as “CSV UTF-8” ({error})") from error
    except OSError as error:
        raise IntakeError(f"{path}: cannot be read: {error.strerror or error}") from error


def _check_header(header: list[str], path: Path) -> None:
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice:
        raise IntakeError(f"{path}:1: {twice}: heading given twice; keep one of them")
    # A misspelt heading would drop a column without a word, and with it, say, all lateness.
    for heading in header:
        plain = heading.lower().replace(" ", "_")
        missing = [column for column in _COLUMNS if column not in header]
        near = difflib.get_close_matches(plain, missing, n=1, cutoff=0.85)
        if heading not in _COLUMNS and near:
            raise IntakeError(f"{path}:1: {heading}: unknown heading; did you mean {near[0]}?")
    if "submission_id" not in header:
        found = ", ".join(header) or "nothing"
        raise IntakeError(
            f"{path}:1: submission_id: no such heading (found: {found}); "
            f"the first line names the columns: {','.join(_COLUMNS)}"
        )


def _student(row: dict[str, str], path: Path, line: int) -> Student:
    given = row.get("submission_id", "")
    if not given:
        raise IntakeError(
            f"{path}:{line}: submission_id: empty; write the name of the submission's "
            "folder or file (without its ending)"
        )
    submission_id = safe_id(given)
    return Student(
        submission_id=submission_id,
        student_id=row.get("student_id") or submission_id,
        name=row.get("name", ""),
        submitted_at=_time(row.get("submitted_at", ""), path, line),
    )


def _time(text: str, path: Path, line: int) -> datetime | None:
    if not text:
        return None
    example = "write it as 2027-01-31T23:59:00+01:00"
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise IntakeError(f"{path}:{line}: submitted_at: {text!r} is no time; {example}") from None
    if time.tzinfo is None:
        raise IntakeError(
            f"{path}:{line}: submitted_at: {text!r} has no time zone, so lateness cannot be told; "
            f"{example}"
        )
    try:
        time.astimezone(UTC)
    except OverflowError:
        raise IntakeError(f"{path}:{line}: submitted_at: {text!r} is out of range") from None
    return time
