"""Which result belongs to which line of an export: by ids, never by guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import ResultsError
from autograder.gradebooks.columns import fold
from autograder.gradebooks.sheet import Row
from autograder.reports.report import Report

_SHOWN = 5


@dataclass(frozen=True)
class Person:
    """Somebody who gets a grade.

    Attributes:
        report: Whose grade it is; members of a team share one.
        ids: All that identify the person, folded.
        name: Empty if it is not known.
    """

    report: Report
    ids: frozenset[str]
    name: str

    @property
    def label(self) -> str:
        """What to call the person."""
        submission = self.report.submission
        return f"{submission.id} ({self.name})" if self.name else submission.id


@dataclass(frozen=True)
class Matching:
    """Who is who.

    Attributes:
        pairs: Lines and persons, in the order of the export.
        rows_left: Students without a result.
        people_left: Results that match nobody.
    """

    pairs: tuple[tuple[Row, Person], ...]
    rows_left: tuple[Row, ...]
    people_left: tuple[Person, ...]


def people_of(report: Report) -> tuple[Person, ...]:
    """Return everybody who gets the grade of a report."""
    submission = report.submission
    ids = frozenset({fold(submission.student_id), fold(submission.id)} - {""})
    return (Person(report, ids, submission.name),)


def match(rows: Sequence[Row], people: Sequence[Person], path: Path, *, by_name: bool) -> Matching:
    """Find the line of each person.

    Args:
        rows: Of the export.
        people: Who gets a grade.
        path: Of the export, to name it in errors.
        by_name: Whether whom no id finds is looked for by name, if nobody else is called so.

    Raises:
        ResultsError: An id stands in several lines, or several results belong to one line.
    """
    found = _by_id(rows, people, path)
    if by_name:
        taken = set(found.values())
        found |= _by_name(
            [row for row in rows if row.record.line not in taken],
            [(index, person) for index, person in enumerate(people) if index not in found],
        )
    of_line = {line: people[index] for index, line in found.items()}
    return Matching(
        pairs=tuple((row, of_line[row.record.line]) for row in rows if row.record.line in of_line),
        rows_left=tuple(row for row in rows if row.record.line not in of_line),
        people_left=tuple(person for index, person in enumerate(people) if index not in found),
    )


def _by_id(rows: Sequence[Row], people: Sequence[Person], path: Path) -> dict[int, int]:
    """Return the line of the file for each person that an id finds."""
    lines = _index((row.record.line, row.ids) for row in rows)
    owners = defaultdict[int, list[int]](list)
    faults = []
    for index, person in enumerate(people):
        own = sorted({line for key in person.ids for line in lines.get(key, ())})
        if len(own) > 1:
            faults.append(f"{person.label} would be all of the lines {_listed(own)}")
        for line in own:
            owners[line].append(index)
    for line, indices in sorted(owners.items()):
        if len(indices) > 1:
            labels = _listed([people[index].label for index in indices])
            faults.append(f"line {line} would get several results: {labels}")
    if faults:
        more = f"\n… and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        shown = "\n".join(faults[:_SHOWN]) + more
        raise ResultsError(
            f"{path}: an id matches twice, so nothing was written:\n{shown}\n"
            "Name the one column that tells students apart: --match HEADING; "
            "or mend the ids in the roster and grade again (it takes no new training)"
        )
    return {indices[0]: line for line, indices in owners.items()}


def _by_name(rows: Sequence[Row], people: Sequence[tuple[int, Person]]) -> dict[int, int]:
    """Return lines by name, where it is one line's and one person's alone."""
    lines = _index((row.record.line, _name_keys(row.name)) for row in rows)
    owners = _index((index, _name_keys(person.name)) for index, person in people)
    found = {}
    for index, person in people:
        keys = _name_keys(person.name)
        own = {line for key in keys for line in lines.get(key, ())}
        same = {other for key in keys for other in owners[key]}
        if len(own) == 1 and len(same) == 1:
            found[index] = own.pop()
    return found


def _name_keys(name: str) -> frozenset[str]:
    """Return a name as it is spoken: ``Last, First`` the other way round."""
    family, comma, given = name.partition(",")
    spoken = fold(f"{given} {family}" if comma else name)
    return frozenset({spoken} - {""})


def _index(keyed: Iterable[tuple[int, Iterable[str]]]) -> Mapping[str, set[int]]:
    found = defaultdict[str, set[int]](set)
    for number, keys in keyed:
        for key in keys:
            found[key].add(number)
    return found


def _listed(items: Sequence[object]) -> str:
    return ", ".join(str(item) for item in items)
