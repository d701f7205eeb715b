"""Class lists of every system, as they come."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import IntakeError
from autograder.lms.roster_formats import load_roster
from autograder.models import Person
from autograder.roster import Student

CET = timezone(timedelta(hours=1))

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,"Road signs 1 (815)",Final Score
Manual Posting,,,,,,
    Points Possible,,,,,100,(read only)
"Schmidt, Anna",4821,M700001,aschmidt,"Lab 1, Monday",87,90
Sukarno,4822,M700003,sukarno@example.edu,Lab 2,,
"Student, Test",4899,,9f3c,Lab 1,,
"""
CANVAS_PEOPLE = """\
name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id
Anna Schmidt,4821,M700001,aschmidt,Lab 1,Team Grün,9,
"""
MOODLE = """\
Identifier,"Full name","ID number","Email address",Status,Group,Grade,"Maximum Grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 40017","Anna Schmidt",M700001,anna@example.edu,"Submitted for grading - ",Zebra,,\
100.00,Yes,"Sunday, 31 January 2027, 11:58 PM",-,
"Participant 40034",Sukarno,,s@example.edu,\
"No submission - Extension granted until: Tuesday, 2 February 2027, 11:59 PM",,,100.00,Yes,-,-,
"""
MOODLE_PEOPLE = """\
"First name","Last name","ID number","Email address",Groups
Anna,Schmidt,M700001,anna@example.edu,"Team Grün, Monday"
"""
BLACKBOARD = """\
"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t\
"Road signs [Total Pts: 100 Score] |12345"
"Schmidt"\t"Anna"\t"aschmidt"\t"700001"\t"2027-01-31 10:00:00"\t"Yes"\t""
"""
BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,Road signs Points Grade,End-of-Line Indicator
#700001,#aschmidt,Schmidt,Anna,anna@example.edu,,#
"""
GRADESCOPE = """\
First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,\
Submission Time,Lateness (H:M:S)
Anna,Schmidt,700001,anna@example.edu,Lab 1,,100,Ungraded,99,2027-01-31 14:58:00 -0800,00:00:00
Ben,Öz,700002,ben@example.edu,Lab 1,,100,Missing,,,
"""
GRADESCOPE_PEOPLE = """\
Name,SID,Email,Role
Anna Schmidt,700001,anna@example.edu,Student
Prof. X,,x@example.edu,Instructor
"""
CLASSROOM = """\
"identifier","github_username","github_id","name"
"{known_by}","anna-s","1",""
"""


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def students(folder: Path, text: str, encoding: str = "utf-8") -> tuple[Student, ...]:
    return load_roster(write(folder, text, encoding), CET).students


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (CANVAS, Person("Schmidt, Anna", "4821", "M700001", "aschmidt", "", "Lab 1, Monday")),
        (CANVAS_PEOPLE, Person("Anna Schmidt", "4821", "M700001", "aschmidt", "", "Lab 1")),
        (MOODLE, Person("Anna Schmidt", "40017", "M700001", "", "anna@example.edu")),
        (MOODLE_PEOPLE, Person("Schmidt, Anna", "", "M700001", "", "anna@example.edu")),
        (BLACKBOARD, Person("Schmidt, Anna", "", "700001", "aschmidt")),
        (BRIGHTSPACE, Person("Schmidt, Anna", "", "700001", "aschmidt", "anna@example.edu")),
        (GRADESCOPE, Person("Schmidt, Anna", "", "700001", "", "anna@example.edu", "Lab 1")),
        (GRADESCOPE_PEOPLE, Person("Anna Schmidt", "", "700001", "", "anna@example.edu")),
    ],
    ids=[
        "canvas", "canvas people", "moodle", "moodle people", "blackboard", "brightspace",
        "gradescope", "gradescope people",
    ],
)  # fmt: skip
def test_each_systems_columns_are_known(tmp_path: Path, text: str, person: Person) -> None:
    first = students(tmp_path, text)[0]
    assert first.person == person
    assert first.student_id == person.number


def test_rows_of_the_system_and_of_teachers_are_nobodys(tmp_path: Path) -> None:
    canvas = students(tmp_path, CANVAS)
    assert [one.name for one in canvas] == ["Schmidt, Anna", "Sukarno"]
    assert len(students(tmp_path, GRADESCOPE_PEOPLE)) == 1


def test_moodle_tells_times_extensions_and_groups(tmp_path: Path) -> None:
    anna, sukarno = students(tmp_path, MOODLE)
    assert anna.submitted_at == datetime(2027, 1, 31, 23, 58, tzinfo=CET)
    assert (anna.due, anna.groups) == (None, ("Zebra",))
    assert sukarno.submitted_at is None
    assert sukarno.due == datetime(2027, 2, 2, 23, 59, tzinfo=CET)
    (member,) = students(tmp_path, MOODLE_PEOPLE)
    assert "Team Grün" in member.groups


def test_moodles_participants_are_known_in_any_language(tmp_path: Path) -> None:
    text = 'Tunniste,"Koko nimi"\n"Osallistuja 17",Anna\n"Osallistuja 18",Ben\n'
    assert [one.person.user_id for one in students(tmp_path, text)] == ["17", "18"]


def test_gradescope_tells_times_with_their_zone(tmp_path: Path) -> None:
    anna, ben = students(tmp_path, GRADESCOPE)
    assert anna.submitted_at == datetime(2027, 1, 31, 22, 58, tzinfo=UTC)
    assert ben.submitted_at is None


@pytest.mark.parametrize(
    ("known_by", "person"),
    [
        ("Anna Schmidt", Person("Anna Schmidt", github="anna-s")),
        ("anna7@example.edu", Person(email="anna7@example.edu", github="anna-s")),
        ("M700001", Person(number="M700001", github="anna-s")),
    ],
)
def test_names_on_github_are_names_besides(tmp_path: Path, known_by: str, person: Person) -> None:
    (anna,) = students(tmp_path, CLASSROOM.format(known_by=known_by))
    assert anna.person == person


def test_our_own_columns_may_stand_in_any_list(tmp_path: Path) -> None:
    text = (
        "Student,ID,Section,due,github_username\n"
        '"Schmidt, Anna",1,A,2027-02-03T23:59:00+01:00,anna-s\n"Öz, Ben",2,A,,\n'
    )
    anna, ben = students(tmp_path, text)
    assert anna.due == datetime(2027, 2, 3, 23, 59, tzinfo=CET)
    assert (anna.person.github, ben.due, ben.person.github) == ("anna-s", None, "")


def test_an_own_due_time_needs_a_zone(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"csv:2: due: '2027-02-03' has no time zone"):
        students(tmp_path, "ID,due\n1,2027-02-03\n")


def test_times_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    text = MOODLE.replace("31 January 2027, 11:58 PM", "31 tammikuu 2027, 23:58")
    roster = load_roster(write(tmp_path, text), CET)
    assert roster.students[0].submitted_at is None
    assert "Last modified (submission): 1 times" in roster.notes[0]
    assert "first in line 2" in roster.notes[0]


def test_who_is_in_two_sections_is_one_student(tmp_path: Path) -> None:
    text = "Student,ID,SIS Login ID,Section\nAnna,1,a,Lab 1\nBen,2,b,Lab 1\nAnna,1,a,Lab 2\n"
    anna, _ = students(tmp_path, text)
    assert anna.person.section == "Lab 1, Lab 2"


def test_names_alone_are_no_class_list(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no such heading"):
        students(tmp_path, "First name,Last name\nAnna,Schmidt\n")


def test_a_workbook_is_no_csv(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_bytes(b"PK\3\4rest")
    with pytest.raises(IntakeError, match="save it as"):
        load_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_encoding_delimiter_and_newline(
    tmp_path: Path, encoding: str, delimiter: str, newline: str
) -> None:
    rows = [["Student", "ID", "SIS Login ID", "Section"], ["Müller; Änne, “Ä”", "1", "a", "x\ty"]]
    (one,) = students(tmp_path, table(rows, delimiter, newline), encoding)
    assert (one.name, one.person.user_id) == ("Müller; Änne, “Ä”", "1")


def test_excels_first_line_names_the_delimiter(tmp_path: Path) -> None:
    (one,) = students(tmp_path, "sep=;\r\nStudent;ID;a,b,c,d\r\nAnna;1;\r\n")
    assert one.person.user_id == "1"


def table(rows: list[list[str]], delimiter: str = ",", newline: str = "\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return text.getvalue()


NAMES = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "Zs", "P"]), max_size=30)


@given(
    names=st.lists(NAMES, min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from(",;\t"),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_people_are_called_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    encoding: str,
    delimiter: str,
    newline: str,
) -> None:
    rows = [["Student", "ID", "SIS User ID", "Section"]]
    rows += [[name, str(number), f"M{number}", "A"] for number, name in enumerate(names)]
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    path.write_bytes(table(rows, delimiter, newline).encode(encoding))

    roster = load_roster(path)

    assert [one.name for one in roster.students] == [name.strip() for name in names]
    assert [one.person.user_id for one in roster.students] == [str(i) for i in range(len(names))]
