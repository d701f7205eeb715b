"""The class list: exported from somewhere, edited in a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from autograder.errors import IntakeError
from autograder.intake import unique_ids
from autograder.lms.matching import Claim, match
from autograder.lms.roster_formats import load_roster
from autograder.roster import Roster, safe_id
from autograder.store import _is_safe_id
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_files, texts
from tests.sample_reports import SUBMISSION, report

TABLE = [
    ["submission_id", "student_id", "name", "submitted_at"],
    ["anna", "1001", "Anna Ähre", "2027-01-31T23:59:00+01:00"],
    ["bo", "1002", 'Bo "B" Øye, jr.', "2027-02-03T10:00:00Z"],
    ["çelik", "", "", ""],
]


def dump(table: object) -> bytes:
    rows = table if isinstance(table, list) else [table]
    lines = (row if isinstance(row, list) else [row] for row in rows)
    quoted = ([_quoted(str(value)) for value in line] for line in lines)
    return "\n".join(",".join(line) for line in quoted).encode("utf-8", "surrogatepass")


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if set(cell) & set('",\r\n') else cell


@fuzz(
    bent_files(TABLE, dump, (b"\n\n", b'"\n', b"sep=,\n", b"+25:00", b"T24:00")),
    raises=(IntakeError,),
)
def test_class_list(hostile: bytes, folder: Path) -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(hostile)

    roster = load_roster(path)

    ids = [student.submission_id for student in roster.students if student.submission_id]
    assert len({id_.casefold() for id_ in ids}) == len(ids)
    matched = match([Claim(id_) for id_ in ids], roster)
    assert [matched.students[id_][0].submission_id for id_ in ids] == ids
    assert not {student.submission_id for student in matched.missing} & set(ids)
    for student in roster.students:
        listed = replace(
            SUBMISSION, student_id=student.student_id, name=student.name,
            submitted_at=student.submitted_at,
        )  # fmt: skip
        assert report(submission=listed).grade is not None
    return roster


@fuzz(st.lists(texts(), min_size=1, max_size=6))
def test_ids(hostile: list[str]) -> list[str]:
    ids = unique_ids(hostile)

    assert len({id_.casefold() for id_ in ids}) == len(hostile)
    assert all(map(_is_safe_id, ids))
    # Found again in a roster, under its own name and no other's.
    assert all(safe_id(id_) == id_ for id_ in (*ids, *map(safe_id, hostile)))
    return ids
