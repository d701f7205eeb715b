from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder.errors import IntakeError
from autograder.lms.matching import Claim, match
from autograder.lms.roster_formats import load_roster
from autograder.models import Person
from autograder.roster import Roster, Student, safe_id

HEADER = "submission_id,student_id,name,submitted_at\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_full_row_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "anna,1001,Anna Ähre,2027-01-31T23:59:00+01:00\n")

    assert load_roster(path).find("anna") == Student(
        "anna",
        "1001",
        "Anna Ähre",
        datetime(2027, 1, 31, 23, 59, tzinfo=timezone(timedelta(hours=1))),
        Person("Anna Ähre", number="1001"),
    )


def test_only_the_submission_id_must_be_there(tmp_path: Path) -> None:
    roster = load_roster(write(tmp_path, "submission_id\nanna\n"))
    assert roster.find("anna") == Student("anna", "anna", "", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_spreadsheets_write_it_in_many_ways(
    tmp_path: Path, encoding: str, newline: str, separator: str
) -> None:
    rows = [["submission_id", "name"], ["anna", '"Ähre, Anna; B."'], ["", ""], ["ben", "Ben"]]
    text = newline.join(separator.join(row) for row in rows)
    roster = load_roster(write(tmp_path, text, encoding))

    assert [student.name for student in roster.students] == ["Ähre, Anna; B.", "Ben"]


def test_other_columns_are_left_alone(tmp_path: Path) -> None:
    roster = load_roster(write(tmp_path, "email,submission_id,group\na@b.c,anna,3\n"))
    assert roster.find("anna") is not None


def test_ids_match_whatever_their_case_and_however_they_were_made_safe(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Müller, Änne_12")
    roster = load_roster(write(tmp_path, f'submission_id\n"{decomposed}"\n'))

    student = roster.find("müller-änne_12")
    assert student is not None
    assert student.submission_id == "Müller-Änne_12"
    assert roster.find("Müller") is None


def test_those_who_handed_nothing_in_are_listed_in_order(tmp_path: Path) -> None:
    roster = load_roster(write(tmp_path, "submission_id\nzoe\nanna\nben\n"))
    missing = match([Claim("ANNA")], roster).missing
    assert [student.submission_id for student in missing] == ["zoe", "ben"]
    assert match([Claim("anna")], Roster()).missing == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "roster.csv:1: submission_id: no such heading (found: nothing)"),
        ("name\nAnna\n", "roster.csv:1: submission_id: no such heading (found: name)"),
        ("submission_id,submited_at\n", "1: submited_at: unknown heading; did you mean submitted"),
        ("Submission ID\nanna\n", "1: Submission ID: unknown heading; did you mean submission_id?"),
        ("submission_id,name,name\n", "roster.csv:1: name: heading given twice"),
        ("submission_id,name\nanna,Ähre, Anna\n", "roster.csv:2: 3 cells under 2 headings"),
        ("submission_id,name\nanna,A\n,Ben\n", "roster.csv:3: submission_id: empty"),
        ("submission_id\nanna\nben\nAnna\n", "4: submission_id: 'Anna' stands in line 2 already"),
        ("submission_id,student_id\na,7\nb,7\n", "3: student_id: '7' stands in line 2 already"),
        (
            HEADER + "a,,,2027-01-31 12:00\n",
            "roster.csv:2: submitted_at: '2027-01-31 12:00' has no",
        ),
        (
            HEADER + "a,,,yesterday\n",
            "roster.csv:2: submitted_at: 'yesterday' is no time; write it",
        ),
        ('submission_id\n"anna\n', "roster.csv:2: not a CSV table"),
        (
            "submission_id,submitted_at\nanna,0001-01-01T00:00:00+14:00\n",
            "roster.csv:2: submitted_at: '0001-01-01T00:00:00+14:00' is out of range",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(IntakeError) as caught:
        load_roster(write(tmp_path, text))
    assert message in str(caught.value)


def test_a_missing_file_and_a_wrong_encoding_are_said(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no such file"):
        load_roster(tmp_path / "roster.csv")
    with pytest.raises(IntakeError, match="not UTF-8"):
        load_roster(write(tmp_path, "submission_id\n\x81nne\n", "latin-1"))
    with pytest.raises(IntakeError, match="cannot be read"):
        load_roster(tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anna", "anna"),
        ("Müller, Hans_123_assignsubmission_file", "Müller-Hans_123_assignsubmission_file"),
        ("李小龍 (2)", "李小龍-2"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
        ("a\x00b\x1b[31m\nc", "a-b-31m-c"),
        ("half\udc80", "half"),
        ("NUL.txt", "_NUL.txt"),
        ("com1", "_com1"),
        ("con.-", "_con"),
        (f"nul.{'x' * 200}", f"_nul.{'x' * 115}"),
        ("trailing. ", "trailing"),
        ("", "submission"),
        ("🙂", "submission"),
        ("ä" * 300, "ä" * 60),
    ],
)
def test_safe_ids_are_file_names_everywhere(name: str, expected: str) -> None:
    assert safe_id(name) == expected
    assert safe_id(expected) == expected
