"""The sample class as each system packs it: taken in, graded, and back in that system's export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from autograder.commands.gradebook import GradebookOptions, gradebook
from autograder.lms.collecting import collect_class
from autograder.models import Person
from autograder.roster import Roster
from tests.gradebook_samples import of, results_of
from tests.lms_exports import EXPORTS, Style
from tests.lms_samples import CLASS, FORMATS, TEAMS, Learner, unpacked
from tests.sample_reports import CONFIG, report
from tests.test_lms_class import roster_of

COLUMNS = {"canvas": "412", "generic": "grade"}
# What a download alone tells of its students is in that system's export too; but Brightspace's is
# not, and the names of folders are anything.
WITHOUT_ROSTER = ["blackboard", "canvas", "github", "gradescope", "moodle"]
STYLE = Style(b"\xef\xbb\xbf", ending="\r\n", quoted=0.3)


def graded(
    files: dict[str, bytes], class_: Sequence[Learner], roster: Roster | None, folder: Path
) -> dict[int, str]:
    """Take in a download and write a results folder; return whose grades are in it."""
    work = collect_class([unpacked(files, folder / "download")], CONFIG, roster)
    reports, grades = [], {}
    for number, submission in enumerate(work.submissions):
        grade = 50 + number / 4
        made = report(submission=submission)
        reports.append(made.model_copy(update={"grade": grade}))
        for one in class_:
            if any(is_of(person, one) for person in submission.students):
                grades[one.user_id] = f"{grade:.2f}"
    results_of(reports, folder / "results")
    return grades


def is_of(person: Person, one: Learner) -> bool:
    known = {person.user_id, person.number, person.username, person.email, person.github} - {""}
    return bool(known & {str(one.user_id), one.number, one.username, one.email})


def back(name: str, class_: Sequence[Learner], folder: Path) -> tuple[bytes, int]:
    """Write the export with its grades; return it, and the exit code."""
    (folder / "export.csv").write_bytes(EXPORTS[name](class_, {}, lambda one: True, STYLE))
    options = GradebookOptions(
        folder / "results", name, folder / "export.csv", folder / "new.csv", COLUMNS.get(name, "")
    )
    code = gradebook(options, Console(quiet=True))
    return (folder / "new.csv").read_bytes(), code


@pytest.mark.parametrize("class_", [CLASS, TEAMS], ids=["class", "teams"])
@pytest.mark.parametrize("name", FORMATS)
def test_with_a_class_list_everybody_is_found(
    name: str, class_: tuple[Learner, ...], tmp_path: Path
) -> None:
    grades = graded(FORMATS[name](class_), class_, roster_of(class_), tmp_path)
    export = name if name in EXPORTS else "generic"
    # In Brightspace's download are names alone, and two students have the same.
    lost = {"Wei Zhang"} if (name, class_) == ("brightspace", CLASS) else set()
    found = [one for one in class_ if one.submitted_at and one.name not in lost]
    assert set(grades) == {one.user_id for one in found}
    expected = EXPORTS[export](class_, grades, lambda one: one in found, STYLE)
    assert back(export, class_, tmp_path) == (expected, 1 if lost else 0)


@pytest.mark.parametrize("name", WITHOUT_ROSTER)
def test_without_a_class_list_the_systems_own_ids_are_enough(name: str, tmp_path: Path) -> None:
    grades = graded(FORMATS[name](CLASS), CLASS, None, tmp_path)
    assert set(grades) == {one.user_id for one in CLASS if one.submitted_at}
    expected = EXPORTS[name](CLASS, grades, lambda one: one.user_id in grades, STYLE)
    assert back(name, CLASS, tmp_path) == (expected, 0)


@pytest.mark.parametrize("name", ["blackboard", "brightspace", "github", "moodle"])
def test_without_a_class_list_no_team_is_taken_for_a_student(name: str, tmp_path: Path) -> None:
    graded(FORMATS[name](TEAMS), TEAMS, None, tmp_path)
    new, code = back(name, TEAMS, tmp_path)
    alone = {one.user_id for one in TEAMS if not one.team}
    lines = new.decode("utf-8-sig").splitlines()
    assert len(lines) <= 1 + len(alone)
    assert code == 1


def test_of_several_attempts_the_best_counts(tmp_path: Path) -> None:
    first, last = of("s1", 80), of("s1", 70, id_="hand-in-s1~2")
    two = first.submission.model_copy(update={"attempts": 2})
    results_of([first.model_copy(update={"submission": two}), last], tmp_path / "results")
    (tmp_path / "e.csv").write_text("student_id,grade\ns1,\n")
    options = GradebookOptions(
        tmp_path / "results", "generic", tmp_path / "e.csv", tmp_path / "n.csv", "grade"
    )
    assert gradebook(options, Console(quiet=True)) == 0
    assert (tmp_path / "n.csv").read_text() == "student_id,grade\ns1,80.00\n"
