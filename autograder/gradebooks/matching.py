"""Which result belongs to which line of an export: by ids, never by guess."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.errors import ResultsError
from autograder.gradebooks.columns import fold
from autograder.gradebooks.formats import KINDS, ORIGIN, USER_ID
from autograder.gradebooks.sheet import ANY, Row, Sheet, id_key
from autograder.reports.report import Report
from autograder.reports.result_parts import PersonPart

_SHOWN = 5


@dataclass(frozen=True)
class Graded:
    """Somebody who gets a grade.

    Attributes:
        report: Whose grade it is; members of a team share one.
        ids: All that identify the person, as `id_key` makes them.
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

    pairs: tuple[tuple[Row, Graded], ...]
    rows_left: tuple[Row, ...]
    people_left: tuple[Graded, ...]


def graded_by(report: Report) -> tuple[Graded, ...]:
    """Return everybody who gets the grade of a report: one, or the members of a team."""
    submission = report.submission
    students = submission.students or (PersonPart(),)
    if len(students) > 1:
        return tuple(Graded(report, _typed(one), one.name) for one in students)
    [own] = students
    typed = _typed(own)
    # Ids of which nobody said what kind they are may be any.
    known = {key.partition(":")[2] for key in typed}
    others = {id_ for id_ in (submission.student_id, submission.id) if fold(id_) not in known}
    untyped = {id_key(ANY, id_) for id_ in others if id_.strip()}
    return (Graded(report, typed | untyped | _origin(report), submission.name or own.name),)


def _typed(person: PersonPart) -> frozenset[str]:
    ids = {kind: getattr(person, kind) for kind in KINDS}
    return frozenset(id_key(kind, id_) for kind, id_ in ids.items() if id_.strip())


def _origin(report: Report) -> frozenset[str]:
    """Return the ids that the name of what was handed in is made of."""
    origin = report.submission.origin
    of_gradescope = re.fullmatch(r"submission_(\d+)", origin)
    return frozenset({id_key(ORIGIN, of_gradescope[1] if of_gradescope else origin)})


def match(sheet: Sheet, people: Sequence[Graded], *, by_name: bool) -> Matching:
    """Find the line of each person.

    Args:
        sheet: The export.
        people: Who gets a grade.
        by_name: Whether whom no id finds is looked for by name, if nobody else is called so.

    Raises:
        ResultsError: An id stands in several lines, or several results belong to one line.
    """
    rows = sheet.rows
    found = _by_id(sheet, people)
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


def _by_id(sheet: Sheet, people: Sequence[Graded]) -> dict[int, int]:
    """Return the line of the file for each person that an id finds."""
    rows = {row.record.line: row for row in sheet.rows}
    lines = _index((line, row.ids) for line, row in rows.items())
    owners = defaultdict[int, list[int]](list)
    faults = []
    for index, person in enumerate(people):
        own = sorted({line for key in person.ids for line in lines.get(key, ())})
        if sheet.rules.groups_share_ids:
            own = [line for line in own if not _is_a_group(person, rows[line])]
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
            f"{sheet.file.path}: an id matches twice, so nothing was written:\n{shown}\n"
            "Name the one column that tells students apart: --match HEADING; "
            "or mend the ids in the roster and grade again (it takes no new training)"
        )
    return {indices[0]: line for line, indices in owners.items()}


def _is_a_group(person: Graded, row: Row) -> bool:
    """Whether it is a team's number that found a student's: only a number, and another name."""
    sure = {id_key(kind, "") for kind in KINDS if kind != USER_ID}
    surely = any(key.startswith(kind) for key in person.ids & row.ids for kind in sure)
    ours, theirs = _words(person.name), _words(row.name)
    return not surely and bool(ours) and bool(theirs) and not ours & theirs


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", fold(unicodedata.normalize("NFKC", name))))


def _by_name(rows: Sequence[Row], people: Sequence[tuple[int, Graded]]) -> dict[int, int]:
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
