from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.errors import ResultsError
from autograder.gradebooks.columns import Column, Export
from autograder.gradebooks.csv_file import parse_csv
from autograder.gradebooks.formats import FORMATS, number
from tests.gradebook_samples import CANVAS, EXPORTS


def export(text: str, name: str) -> Export:
    return Export(parse_csv(text.encode(), Path("export.csv")), FORMATS[name])


def column(text: str, name: str, wanted: str = "", assignment: str = "") -> Column:
    return export(text, name).grade_column(wanted, assignment)


@pytest.mark.parametrize(
    ("name", "heading", "points"),
    [
        ("moodle", "Bewertung", None),
        ("blackboard", "Road signs 1 [Total Pts: 100 Score] |1002", 100),
        (
            "brightspace",
            EXPORTS["brightspace"][0].split(",")[5],
            100,
        ),
        ("gradescope", "Total Score", None),
        ("github", "points_awarded", None),
    ],
)
def test_the_only_column_of_grades_is_found(name: str, heading: str, points: float | None) -> None:
    found = column(EXPORTS[name][0], name)
    assert (found.heading, found.points) == (heading, points)


@pytest.mark.parametrize("wanted", ["Road signs 1 (412)", "road  signs 1", "412"])
def test_a_column_is_named_by_heading_title_or_id(wanted: str) -> None:
    assert column(CANVAS, "canvas", wanted).heading == "Road signs 1 (412)"


def test_of_several_the_assignments_own_is_taken() -> None:
    assert column(CANVAS, "canvas", assignment="Warm-up").id == "411"


@pytest.mark.parametrize("assignment", ["", "Signs", "Road signs"])
def test_none_is_guessed(assignment: str) -> None:
    with pytest.raises(
        ResultsError, match=r"--column; there are: 'Warm-up \(411\)', 'Road signs 1 \(412\)'$"
    ):
        column(CANVAS, "canvas", assignment=assignment)


def test_the_same_title_twice_is_told_apart_by_id() -> None:
    text = CANVAS.replace("Warm-up (411)", "Road signs 1 (411)")
    with pytest.raises(ResultsError, match=r"several columns are called 'Road signs 1'"):
        column(text, "canvas", "Road signs 1")
    assert column(text, "canvas", "411").index == 5


@pytest.mark.parametrize("wanted", ["Final Score", "ID", "Section", "Student", "Signs"])
def test_what_takes_no_grades_is_refused(wanted: str) -> None:
    with pytest.raises(ResultsError, match=f"no column is called '{wanted}'"):
        column(CANVAS, "canvas", wanted)


def test_canvas_takes_a_title_without_id() -> None:
    found = column(CANVAS.replace("Road signs 1 (412)", "Road signs 1"), "canvas", "Road signs 1")
    assert (found.index, found.points) == (6, 100)


def test_canvas_names_in_two_columns() -> None:
    text = "LastName,FirstName,ID,Section,Signs (7)\n  Points Possible,,,,20\nLi,Bo,2,A,\n"
    found = export(text, "canvas")
    assert found.grade_column("", "").points == 20
    assert [record.line for record in found.students] == [3]


def test_blackboard_takes_no_column_without_its_id() -> None:
    text = "Username,Signs,Other [Total Pts: 5 Score] |3\nbo,,\n"
    with pytest.raises(ResultsError, match="no column is called 'Signs'"):
        column(text, "blackboard", "Signs")


@pytest.mark.parametrize(
    ("heading", "points"),
    [
        ("Quiz 3 [Total Pts: 10] |664617", 10),
        ("A [b] [Total Pts: 7.5 Score] |1", 7.5),
        ("Essay [Total Pts: 20 Percentage] |2", 100),
    ],
)
def test_blackboards_points_are_read(heading: str, points: float) -> None:
    assert column(f"Username\t{heading}\nbo\t\n", "blackboard").points == points


@pytest.mark.parametrize(
    ("heading", "points"),
    [("Lab 1 Points Grade <Numeric MaxPoints:12.5>", 12.5), ("Lab 1 Points Grade", None)],
)
def test_brightspaces_points_are_read(heading: str, points: float | None) -> None:
    found = column(f"Username,{heading},End-of-Line Indicator\n#bo,,#\n", "brightspace", "Lab 1")
    assert found.points == points


def test_gradescopes_table_of_a_course() -> None:
    text = (
        "First Name,Last Name,SID,Email,Signs,Signs - Max Points,Signs - Submission Time\n"
        "Bo,Li,s2,bo@x,,100.0,\n"
    )
    found = export(text, "gradescope")
    signs = found.grade_column("Signs", "")
    assert (signs.index, found.points_column(signs)) == (4, 5)


def test_moodles_identifier_stands_first_in_every_language() -> None:
    text = "Identifiant,Nom complet,Note\nParticipant 1,Bo,\n"
    assert export(text, "moodle").id_columns() == {0: ("user_id",)}


def test_moodle_in_an_unknown_language_needs_the_column() -> None:
    text = "Tunniste,Koko nimi,Arvosana\nOsallistuja1,Bo,\n"
    with pytest.raises(ResultsError, match=r"--column; .*'Koko nimi', 'Arvosana'"):
        column(text, "moodle")
    assert column(text, "moodle", "Arvosana").index == 2


def test_nothing_to_tell_students_by_is_refused() -> None:
    with pytest.raises(ResultsError, match=r"no column headed ID or SIS .* there are: 'Who', 'A'"):
        export("Who,A\nBo,1\n", "canvas").id_columns()
    with pytest.raises(ResultsError, match=re.escape("no column headed 'Number'")):
        export(CANVAS, "canvas").id_columns("Number")


def test_one_column_alone_can_identify() -> None:
    assert list(export(CANVAS, "canvas").id_columns("sis login id")) == [3]


@pytest.mark.parametrize(
    ("text", "value"),
    [("7.5", 7.5), ("7,5", 7.5), ("-1", -1.0), ("9" * 400, None), ("1e9", None), ("EX", None)],
)
def test_a_number_is_finite_and_plainly_written(text: str, value: float | None) -> None:
    assert number(text) == value
