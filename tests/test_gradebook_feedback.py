from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from autograder.errors import ResultsError
from autograder.gradebooks.csv_file import parse_csv
from autograder.gradebooks.feedback import FeedbackZip, feedback_zip
from autograder.gradebooks.formats import FORMATS
from autograder.gradebooks.matching import graded_by, match
from autograder.gradebooks.sheet import understand
from autograder.reports.report import Report
from autograder.reports.result_parts import PersonPart
from tests.gradebook_samples import of, results_of

CANVAS = "Student,ID,SIS User ID,Section,Signs (7)\n"
MOODLE = "Identifier,Full name,Grade\n"


def handed_in(origin: str, student_id: str = "s1", grade: float | None = 50) -> Report:
    made = of(student_id, grade)
    submission = made.submission.model_copy(update={"origin": origin})
    return made.model_copy(update={"submission": submission})


def packed(tmp_path: Path, name: str, export: str, *reports: Report) -> FeedbackZip:
    results = results_of(reports, tmp_path / "results")
    file = parse_csv(export.encode(), Path("export.csv"))
    sheet = understand(file, FORMATS[name], column="", assignment="")
    matching = match(sheet, [one for r in reports for one in graded_by(r)], by_name=False)
    return feedback_zip(reports, matching, results, sheet.rules)


def files(made: FeedbackZip) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def canvas_reads(name: str) -> tuple[str, str]:
    """Return the numbers of the student and of the attachment, as Canvas takes them."""
    user, attachment, *_ = [part for part in name.split("_") if re.fullmatch(r"\d+", part)]
    return user, attachment


def moodle_reads(path: str) -> tuple[str, str]:
    """Return the participant's number and the file's name, as Moodle takes them: old and new."""
    old = path.split("_", 4)
    info = path.split("/", 1)[0].split("_", 4)
    new = [*info, ""] if len(info) == 4 else info
    assert (old[1], old[2], old[3]) == (new[1], "assignsubmission", "file")
    assert old[4].lstrip("/") == path.split("/", 1)[1]
    return new[1], path.split("/", 1)[1]


def test_canvas_gets_one_file_under_its_own_name(tmp_path: Path) -> None:
    report = handed_in("lovelaceada_LATE_9001_55501_my_submission_2.py")
    made = packed(tmp_path, "canvas", CANVAS + "Ada,9001,s1,A,\n", report)
    assert files(made) == {"lovelaceada_LATE_9001_55501_feedback.md": "# hand-in-s1\n"}
    assert canvas_reads("lovelaceada_LATE_9001_55501_feedback.md") == ("9001", "55501")
    assert (made.count, made.left_out) == (1, ())


def test_a_page_is_better_than_text(tmp_path: Path) -> None:
    results = tmp_path / "results"
    place = results / "submissions" / "hand-in-s1"
    place.mkdir(parents=True)
    (place / "report.html").write_text("<html>")
    (tmp_path / "other").mkdir()
    report = handed_in("ada_9001_55501_x.py")
    sheet = understand(
        parse_csv((CANVAS + "Ada,9001,s1,A,\n").encode(), Path("e.csv")), FORMATS["canvas"],
        column="", assignment="",
    )  # fmt: skip
    matching = match(sheet, graded_by(report), by_name=False)
    assert files(feedback_zip([report], matching, results, sheet.rules)) == {
        "ada_9001_55501_report.html": "<html>"
    }


@pytest.mark.parametrize(
    "origin",
    [
        "submission.py",
        "ada_9001_x.py",
        "eve_9002_55501_x.py",
        "../ada_9001_55501_x.py",
        "a/b_9001_2_x",
    ],
)
def test_nobody_gets_what_is_not_surely_theirs(origin: str, tmp_path: Path) -> None:
    made = packed(tmp_path, "canvas", CANVAS + "Ada,9001,s1,A,\n", handed_in(origin))
    assert files(made) == {}
    assert made.left_out == ("hand-in-s1: handed in under a name that is not canvas's",)


def test_our_failures_are_not_handed_back(tmp_path: Path) -> None:
    report = handed_in("ada_9001_55501_x.py", grade=None)
    made = packed(tmp_path, "canvas", CANVAS + "Ada,9001,s1,A,\n", report)
    assert (files(made), made.left_out) == ({}, ())


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "Ærø_Jørgensen", "../../x", "王 伟", "...", "a\tb"]
)
def test_moodle_finds_the_participant_in_the_folder(name: str, tmp_path: Path) -> None:
    export = f"{MOODLE}Participant 701,{name},\n"
    made = packed(tmp_path, "moodle", export, handed_in("submission.py", "701"))
    [path] = files(made)
    assert moodle_reads(path) == ("701", "feedback.md")
    assert ".." not in path.split("/")
    assert path.count("/") == 1


def test_moodle_finds_a_team_by_the_name_it_gave_it(tmp_path: Path) -> None:
    made = handed_in("Team Grün_12_assignsubmission_file_")
    people = (PersonPart(user_id="701"), PersonPart(user_id="702"))
    submission = made.submission.model_copy(update={"students": people})
    team = made.model_copy(update={"submission": submission})
    export = f"{MOODLE}Participant 701,Ada,\nParticipant 702,Bo,\n"
    assert list(files(packed(tmp_path, "moodle", export, team))) == [
        "Team Grün_12_assignsubmission_file_/feedback.md"
    ]


def test_moodles_teams_get_theirs_though_the_export_knows_no_teams(tmp_path: Path) -> None:
    made = packed(
        tmp_path, "moodle", f"{MOODLE}Participant 12,Ada,\n",
        handed_in("Team Grün_12_assignsubmission_file", "team"),
    )  # fmt: skip
    assert list(files(made)) == ["Team Grün_12_assignsubmission_file_/feedback.md"]


def test_canvass_number_counts_whatever_students_are_told_by(tmp_path: Path) -> None:
    results = results_of([report := handed_in("ada_9001_55501_x.py")], tmp_path / "results")
    file = parse_csv((CANVAS + "Ada,9001,s1,A,\n").encode(), Path("export.csv"))
    sheet = understand(file, FORMATS["canvas"], column="", assignment="", id_heading="SIS User ID")
    matching = match(sheet, graded_by(report), by_name=False)
    assert feedback_zip([report], matching, results, sheet.rules).count == 1


def test_the_same_reports_make_the_same_archive(tmp_path: Path) -> None:
    export = CANVAS + "Ada,9001,s1,A,\n"
    report = handed_in("ada_9001_55501_x.py")
    first = packed(tmp_path / "a", "canvas", export, report)
    assert first == packed(tmp_path / "b", "canvas", export, report)


def test_other_systems_take_none(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="github takes no feedback in bulk; canvas and moodle"):
        packed(tmp_path, "github", "github_username,points_awarded\ns1,\n", of("s1"))
