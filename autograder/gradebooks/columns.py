"""Which columns of an export say who, and which one takes the grade."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.errors import ResultsError
from autograder.gradebooks.csv_file import CsvFile, Record
from autograder.gradebooks.formats import (
    CANVAS,
    KINDS,
    MOODLE,
    ORIGIN,
    USER_ID,
    GradebookFormat,
    number,
)

_POINTS_POSSIBLE = "points possible"
_READ_ONLY = "(read only)"


@dataclass(frozen=True)
class Column:
    """The column that takes the grades.

    Attributes:
        index: From 0.
        heading: As the export has it.
        title: Without the system's own additions.
        id: The system's, where the heading has it.
        points: That can be won, where the heading or a line below it says so.
    """

    index: int
    heading: str
    title: str
    id: str = ""
    points: float | None = None

    def is_meant(self, words: str) -> bool:
        """Whether somebody who types these words means this column."""
        return fold(words) in {fold(self.heading), fold(self.title), self.id or None}


@dataclass(frozen=True)
class Export:
    """An export, and the rules to read it by."""

    file: CsvFile
    rules: GradebookFormat

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Of all columns, without the spaces around."""
        return tuple(cell.value.strip() for cell in self.file.records[0].cells)

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(fold(heading) for heading in self.headings)

    @cached_property
    def special(self) -> tuple[Record, ...]:
        """The lines below the header that are about no student: Canvas's, down to the points."""
        if self.rules is CANVAS:
            for last, record in enumerate(self.file.records[1:4], start=1):
                if _POINTS_POSSIBLE in fold(value(record, 0)):
                    return self.file.records[1 : last + 1]
        return ()

    @cached_property
    def students(self) -> tuple[Record, ...]:
        """The lines about students."""
        below = self.file.records[1 + len(self.special) :]
        return tuple(record for record in below if not record.blank)

    def columns(self, names: Iterable[str]) -> list[int]:
        """Return the columns so headed, in the order of the names."""
        wanted = [fold(name) for name in names]
        return [index for name in wanted for index, one in enumerate(self._folded) if one == name]

    def id_columns(self, heading: str = "") -> dict[int, tuple[str, ...]]:
        """Return the columns that identify a student, and the kinds of id in each.

        Args:
            heading: Of the only column that is to; empty for all that may.

        Raises:
            ResultsError: There is none; lists the headings.
        """
        found: dict[int, tuple[str, ...]]
        if heading:
            found = dict.fromkeys(self.columns([heading]), (*KINDS, ORIGIN))
        else:
            ids = self.rules.ids
            found = {index: ids[name] for name in ids for index in self.columns([name])}
            if self.rules is MOODLE:  # its first column, in whatever language
                found = {0: (USER_ID,), **found}
        if not found:
            wanted = repr(heading) if heading else " or ".join(self.rules.ids)
            raise self._error(
                f"no column headed {wanted} to tell students by; there are: "
                f"{_listed(self.headings)}"
            )
        return found

    def grade_column(self, wanted: str, assignment: str) -> Column:
        """Return the column that takes the grades.

        Args:
            wanted: Its heading, title or id; empty to let the rules find it.
            assignment: The title that decides where the rules find several.

        Raises:
            ResultsError: There is no such column, or several; lists those there are.
        """
        known = self._gradable()
        if wanted:
            others = self._others(known) if self.rules.any_column else []
            meant = [one for one in known if one.is_meant(wanted)]
            meant = meant or [one for one in others if one.is_meant(wanted)]
        else:
            meant = known if len(known) == 1 else [one for one in known if one.is_meant(assignment)]
        if len(meant) == 1:
            return meant[0]
        choice = _listed(one.heading for one in meant or known or self._others(known))
        if wanted:
            fault = f"{'several columns are' if meant else 'no column is'} called {wanted!r}"
            raise self._error(f"{fault}; those that take grades: {choice}")
        raise self._error(
            f"which column takes the grades? Say it with --column; there are: {choice}"
        )

    def points_column(self, column: Column) -> int | None:
        """Return the column that says, line by line, how many points there are, if any."""
        of_its_own = f"{column.heading} - Max Points"  # in Gradescope's table of a whole course
        found = self.columns((of_its_own, *self.rules.points_headings))
        return next((index for index in found if index != column.index), None)

    def _gradable(self) -> list[Column]:
        """Return what the rules take for columns of grades."""
        found = []
        for index in self._free():
            match = self.rules.grades.fullmatch(self.headings[index])
            if match:
                groups = match.groupdict()
                points = 100.0 if groups.get("unit") == "Percentage" else None
                given = number(groups.get("points") or "")
                found.append(self._column(index, match["title"], groups.get("id"), points or given))
        return found

    def _others(self, known: Sequence[Column]) -> list[Column]:
        taken = {one.index for one in known}
        free = [index for index in self._free() if index not in taken and self.headings[index]]
        return [self._column(index, self.headings[index]) for index in free]

    def _column(
        self, index: int, title: str, id_: str | None = None, points: float | None = None
    ) -> Column:
        if self.special:
            points = number(value(self.special[-1], index))
        return Column(index, self.headings[index], title, id_ or "", points)

    def _free(self) -> list[int]:
        """Return the columns that say nothing of who a student is and that may be changed."""
        rules = self.rules
        who = (*rules.ids, *rules.names, *rules.given_names, *rules.family_names)
        taken = set(self.columns(who))
        sections = self.columns(["Section"]) if rules is CANVAS else []
        first = sections[-1] + 1 if sections else 0
        return [
            index
            for index in range(first, len(self.headings))
            if index not in taken
            and not any(fold(value(record, index)) == _READ_ONLY for record in self.special)
        ]

    def _error(self, fault: str) -> ResultsError:
        return ResultsError(f"{self.file.path}:{self.file.records[0].line}: {fault}")


def value(record: Record, column: int) -> str:
    """Return what a cell says, without the spaces around; empty if the line is too short."""
    return record.cells[column].value.strip() if column < len(record.cells) else ""


def fold(text: str) -> str:
    """Return what two headings or names have in common if they are one."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _listed(headings: Iterable[str]) -> str:
    return ", ".join(repr(heading) for heading in headings if heading) or "none"
