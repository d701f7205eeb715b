from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import ResultsError
from autograder.gradebooks.csv_file import parse_csv
from autograder.gradebooks.formats import FORMATS
from autograder.gradebooks.matching import Matching, graded_by, match
from autograder.gradebooks.sheet import Sheet, understand
from autograder.reports.report import Report
from autograder.reports.result_parts import PersonPart
from tests.gradebook_samples import of

PATH = Path("export.csv")
HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,Signs (7)\n"


def sheet(*lines: str, head: str = HEAD, name: str = "canvas", id_heading: str = "") -> Sheet:
    file = parse_csv((head + "".join(f"{line}\n" for line in lines)).encode(), PATH)
    return understand(file, FORMATS[name], column="", assignment="", id_heading=id_heading)


def matched(found: Sheet, *reports: Report, by_name: bool = False) -> Matching:
    people = [person for report in reports for person in graded_by(report)]
    return match(found, people, by_name=by_name)


def pairs(matching: Matching) -> list[tuple[str, str]]:
    return [(row.own_id, person.report.submission.id) for row, person in matching.pairs]


@pytest.mark.parametrize("student_id", ["9001", "s001", "ada@x.edu", "ADA@X.EDU", "S001"])
def test_any_id_of_the_system_identifies(student_id: str) -> None:
    found = sheet('"Lovelace, Ada",9001,s001,ada@x.edu,A,')
    assert pairs(matched(found, of(student_id))) == [("9001", f"hand-in-{student_id}")]


def test_the_submissions_id_identifies_too() -> None:
    assert pairs(matched(sheet("Ada,9001,,ada,A,"), of("x", id_="ada"))) == [("9001", "ada")]


@pytest.mark.parametrize("near", ["s01", "s0012", "ada", "Ada Lovelace", ""])
def test_what_is_only_near_does_not(near: str) -> None:
    matching = matched(sheet('"Lovelace, Ada",9001,s001,ada@x.edu,A,'), of(near, id_="hand-in"))
    assert (len(matching.pairs), len(matching.rows_left), len(matching.people_left)) == (0, 1, 1)


def test_an_id_in_two_lines_is_refused() -> None:
    found = sheet("Ada,9001,s001,ada,A,", "Bo,9002,s001,bo,A,")
    with pytest.raises(ResultsError, match=r"matches twice.*\n.*hand-in-s001 .*lines 2, 3"):
        matched(found, of("s001"))


def test_an_id_in_two_lines_does_no_harm_where_nobody_has_it() -> None:
    found = sheet("Ada,9001,same,ada,A,", "Bo,9002,same,bo,A,")
    assert pairs(matched(found, of("bo"))) == [("9002", "hand-in-bo")]


def test_one_systems_number_may_be_anothers_login() -> None:
    lines = ("Ada,9001,1002,ada,A,", "Bo,1002,9009,bo,A,")
    with pytest.raises(ResultsError, match="lines 2, 3"):
        matched(sheet(*lines), of("1002"))
    found = sheet(*lines, id_heading="SIS User ID")
    assert pairs(matched(found, of("1002"))) == [("9001", "hand-in-1002")]


def test_two_results_of_one_student_are_refused() -> None:
    found = sheet("Ada,9001,s001,ada,A,")
    with pytest.raises(ResultsError, match=r"line 2 .*several results: hand-in-s001, hand-in-ada"):
        matched(found, of("s001"), of("ada"))


def test_a_student_and_a_submission_that_point_to_different_lines_are_refused() -> None:
    found = sheet("Ada,9001,s001,ada,A,", "Bo,9002,s002,bo,A,")
    with pytest.raises(ResultsError, match="lines 2, 3"):
        matched(found, of("s001", id_="bo"))


def test_names_count_only_when_asked_for() -> None:
    found = sheet('"Lovelace, Ada",9001,s001,ada,A,')
    assert not matched(found, of("x", name="Ada Lovelace")).pairs
    assert matched(found, of("x", name="ada  LOVELACE"), by_name=True).pairs


def test_a_name_that_two_bear_is_nobodys() -> None:
    found = sheet('"Zhang, Wei",1,,,A,', '"Zhang, Wei",2,,,A,', '"Li, Bo",3,,,A,')
    two = (of("x", name="Wei Zhang"), of("y", name="Bo Li"), of("z", name="Bo Li"))
    assert not matched(found, *two, by_name=True).pairs


def test_ids_come_before_names() -> None:
    found = sheet('"Zhang, Wei",1,,,A,', '"Zhang, Wei",2,,,A,')
    both = (of("1", name="Wei Zhang"), of("x", name="Wei Zhang"))
    assert pairs(matched(found, *both, by_name=True)) == [("1", "hand-in-1"), ("2", "hand-in-x")]


def test_a_given_name_alone_is_a_name() -> None:
    assert matched(sheet("ஜெயா,1,,,A,"), of("x", name="ஜெயா"), by_name=True).pairs


def test_accents_may_be_written_in_two_ways() -> None:
    found = sheet("Zoe,1,zoe\N{COMBINING DIAERESIS},,A,")
    assert pairs(matched(found, of("zoë"))) == [("1", "hand-in-zoë")]


@pytest.mark.parametrize("student_id", ["701", "Participant 701", "participant 701"])
def test_moodles_participants_are_found_by_number(student_id: str) -> None:
    found = sheet("Participant 701,Ada,", head="Identifier,Full name,Grade\n", name="moodle")
    assert len(matched(found, of(student_id)).pairs) == 1


def test_brightspaces_number_signs_are_no_part_of_an_id() -> None:
    head = "OrgDefinedId,Username,Signs Points Grade,End-of-Line Indicator\n"
    found = sheet("#400123,#doej,,#", head=head, name="brightspace")
    assert len(matched(found, of("400123")).pairs) == 1


def test_zeros_kept_the_way_of_excel_count() -> None:
    found = sheet('="00123",', head="SID,Total Score\n", name="gradescope")
    assert len(matched(found, of("00123")).pairs) == 1
    assert not matched(found, of("123")).pairs


def handed_in_by(*students: dict[str, str], id_: str = "hand-in", origin: str = "x") -> Report:
    """Return the report of people of whom a download or a roster tells more than one id."""
    made = of("", id_=id_)
    people = tuple(PersonPart(**one) for one in students)
    submission = made.submission.model_copy(update={"students": people, "origin": origin})
    return made.model_copy(update={"submission": submission})


def test_a_number_is_looked_for_where_its_kind_stands() -> None:
    found = sheet("Ada,9001,1002,ada,A,", "Bo,1002,9009,bo,A,")
    assert pairs(matched(found, handed_in_by({"user_id": "1002"}))) == [("1002", "hand-in")]
    assert pairs(matched(found, handed_in_by({"number": "1002"}))) == [("9001", "hand-in")]
    assert not matched(found, handed_in_by({"username": "1002"})).pairs


def test_a_login_may_be_an_address() -> None:
    found = sheet("Ada,9001,,ada@x.edu,A,")
    assert matched(found, handed_in_by({"email": "ada@x.edu"})).pairs


def test_the_members_of_a_team_all_get_its_grade() -> None:
    found = sheet("Ada,1,s1,,A,", "Bo,2,s2,,A,", "Eve,3,s3,,A,")
    team = handed_in_by({"number": "s2"}, {"number": "s1"}, {"name": "Zoe"}, id_="team-7")
    matching = matched(found, team)
    assert pairs(matching) == [("1", "team-7"), ("2", "team-7")]
    assert [person.label for person in matching.people_left] == ["team-7 (Zoe)"]


def test_a_team_and_one_of_its_members_alone_are_refused() -> None:
    found = sheet("Ada,1,s1,,A,", "Bo,2,s2,,A,")
    team = handed_in_by({"number": "s1"}, {"number": "s2"}, id_="team")
    with pytest.raises(ResultsError, match="line 3 would get several results: team, hand-in-s2"):
        matched(found, team, of("s2"))


def test_the_id_of_a_team_is_nobodys() -> None:
    team = handed_in_by({"number": "s1"}, {"number": "s2"}, id_="s3")
    assert not matched(sheet("Eve,3,s3,,A,"), team).pairs


@pytest.mark.parametrize(("name", "count"), [("Team 7", 0), ("Ada Lovelace", 1), ("", 1)])
def test_moodles_number_of_a_team_is_no_participants(name: str, count: int) -> None:
    found = sheet("Participant 7,Ada Lovelace,", head="Identifier,Full name,Grade\n", name="moodle")
    own = handed_in_by({"user_id": "7", "name": name})
    assert len(matched(found, own).pairs) == count


@pytest.mark.parametrize(
    ("name", "line", "origin"),
    [
        ("gradescope", "500017,", "submission_500017"),
        ("github", "signs-ada,", "signs-ada"),
    ],
)
def test_what_was_handed_in_may_tell_who_it_is(name: str, line: str, origin: str) -> None:
    head = {
        "gradescope": "Submission ID,Total Score\n",
        "github": "student_repository_name,points_awarded\n",
    }
    found = sheet(line, head=head[name], name=name)
    assert len(matched(found, handed_in_by(origin=origin)).pairs) == 1
    assert not matched(found, handed_in_by(origin=f"{origin}0")).pairs


ids = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=3)


@settings(deadline=None)  # the first makes a report
@given(st.lists(ids, max_size=8), st.lists(ids, max_size=8))
def test_everybody_is_somewhere_exactly_once(in_export: list[str], handed_in: list[str]) -> None:
    found = sheet(*(f"N,{one},,,A," for one in in_export))
    reports = [of(one, id_=f"#{number}") for number, one in enumerate(handed_in)]
    try:
        matching = matched(found, *reports)
    except ResultsError:
        shared = {row.ids for row in found.rows}
        assert len(shared) < len(in_export) or len({*map(str.casefold, handed_in)}) < len(handed_in)
        return
    assert len(matching.pairs) + len(matching.rows_left) == len(in_export)
    assert len(matching.pairs) + len(matching.people_left) == len(handed_in)
    for row, person in matching.pairs:
        assert row.ids & person.ids
