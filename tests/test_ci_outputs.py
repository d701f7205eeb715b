"""Which service this is, and what it finds where it looks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from autograder.ci.outputs import HANDED_IN, Outputs, Service, detect, outputs_for
from autograder.cli import run
from autograder.errors import UserError
from autograder.models import Finding, Location
from tests.sample_reports import CONFIG, REJECTED, SUBMISSION, report
from tests.test_ci_metadata import DOCUMENT


@pytest.fixture
def gradescope(tmp_path: Path) -> Path:
    """Gradescope's folder."""
    folder = tmp_path / "autograder"
    (folder / "results").mkdir(parents=True)
    (folder / "submission_metadata.json").write_text(json.dumps(DOCUMENT))
    return folder


@pytest.mark.parametrize(
    ("environ", "service"),
    [
        ({"GITHUB_ACTIONS": "true", "CI": "true"}, "github"),
        ({"GITLAB_CI": "true", "CI": "true"}, "gitlab"),
        ({"CI": "true"}, "none"),
        ({}, "none"),
    ],
)
def test_the_environment_says_which_service_it_is(
    tmp_path: Path, environ: dict[str, str], service: Service
) -> None:
    assert detect(environ, tmp_path) == service


def test_gradescope_is_known_by_its_folder(gradescope: Path) -> None:
    assert detect({}, gradescope) == "gradescope"


@pytest.mark.parametrize("asked", [None, "none"])
def test_nothing_is_written_unless_asked(asked: str | None) -> None:
    assert outputs_for(asked, {"GITHUB_ACTIONS": "true"}) is None


def test_who_asks_for_a_service_gets_it() -> None:
    asked, found = outputs_for("gitlab", {}), outputs_for("auto", {"GITHUB_ACTIONS": "true"})
    assert asked is not None
    assert found is not None
    assert (asked.service, found.service) == ("gitlab", "github")


@pytest.mark.parametrize("service", ["github", "gitlab", "none"])
def test_junit_lies_beside_the_gradebook(tmp_path: Path, service: Service) -> None:
    Outputs(service, {}).write([report()], [SUBMISSION], tmp_path)
    assert ET.parse(tmp_path / "junit.xml").getroot().attrib["tests"] == "3"


def test_github_gets_summary_result_and_annotations(tmp_path: Path) -> None:
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    output.write_text("earlier=1\n")
    environ = {
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_WORKSPACE": str(tmp_path),
    }
    handed_in = replace(SUBMISSION, path=tmp_path / "work")
    place = Location("submission.py", 3)
    rejected = report(replace(REJECTED, findings=(Finding("rule", "Wrong.", "", place),)))
    [line] = Outputs("github", environ).write([rejected], [handed_in], tmp_path)
    assert line == "::error file=work/submission.py,title=rule,line=3::Wrong."
    assert summary.read_text().startswith("# Results")
    earlier, result = output.read_text().splitlines()
    assert earlier == "earlier=1"
    assert result.startswith("result=")


def test_several_submissions_are_no_result_for_classroom(tmp_path: Path) -> None:
    output = tmp_path / "output"
    environ = {"GITHUB_OUTPUT": str(output)}
    Outputs("github", environ).write([report()] * 2, [SUBMISSION] * 2, tmp_path)
    assert not output.exists()


def test_github_shows_ten_annotations_and_is_told_of_the_rest(tmp_path: Path) -> None:
    found = tuple(Finding("rule", "Wrong.", "", Location("a.py", n)) for n in range(1, 16))
    handed_in = replace(SUBMISSION, path=tmp_path / "ada")
    lines = Outputs("github", {"GITHUB_WORKSPACE": str(tmp_path)}).write(
        [report(replace(REJECTED, findings=found))], [handed_in], tmp_path
    )
    assert len(lines) == 11
    assert lines[-1] == "and 5 more: see the summary"


def test_what_lies_outside_of_the_repository_is_not_marked(tmp_path: Path) -> None:
    environ = {"GITHUB_WORKSPACE": str(tmp_path / "repository")}
    handed_in = replace(SUBMISSION, path=tmp_path / "ada")
    assert Outputs("github", environ).write([report(REJECTED)], [handed_in], tmp_path) == []


def test_gradescope_gets_its_results_and_gives_the_due_time(
    tmp_path: Path, gradescope: Path
) -> None:
    outputs = Outputs("gradescope", {}, gradescope)
    known = outputs.only_submission([gradescope / "submission"], CONFIG)
    assert known is not None
    assert known.due is not None
    assert known.name.startswith("Ada Lovelace")
    outputs.write([report()], [known], tmp_path)
    results = json.loads((gradescope / "results" / "results.json").read_text())
    assert results["visibility"] == "after_due_date"


def test_the_instructor_says_when_gradescope_shows_points(tmp_path: Path, gradescope: Path) -> None:
    environ = {"AUTOGRADER_GRADESCOPE_SHOW": "visible"}
    Outputs("gradescope", environ, gradescope).write([report()], [SUBMISSION], tmp_path)
    results = json.loads((gradescope / "results" / "results.json").read_text())
    assert results["visibility"] == "visible"


def test_hidden_is_no_choice(tmp_path: Path, gradescope: Path) -> None:
    environ = {"AUTOGRADER_GRADESCOPE_SHOW": "hidden"}
    with pytest.raises(UserError, match="is none of visible, after_due_date, after_published"):
        Outputs("gradescope", environ, gradescope).write([report()], [SUBMISSION], tmp_path)


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (["my model.py"], None),
        (["submission.py", "helper.py"], None),
        (["work/submission.py"], None),
        ([], "no-submission"),
        (["a.py", "b.py"], "ambiguous"),
        (["x/a.py", "y/b.py"], "no-submission"),
    ],
)
def test_all_that_lies_on_gradescope_is_one_submission(
    gradescope: Path, files: list[str], rule: str | None
) -> None:
    folder = gradescope / "submission"
    folder.mkdir()
    for file in files:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("pass")
    only = Outputs("gradescope", {}, gradescope).only_submission([folder], CONFIG)
    assert only is not None
    assert only.id == HANDED_IN
    assert [finding.rule for finding in only.problems] == ([rule] if rule else [])


def test_gradescope_takes_one_submission(gradescope: Path) -> None:
    with pytest.raises(UserError, match="one submission at a time, here are 2"):
        Outputs("gradescope", {}, gradescope).only_submission([gradescope] * 2, CONFIG)


def test_elsewhere_it_may_be_a_class(tmp_path: Path) -> None:
    assert Outputs("github", {}).only_submission([tmp_path], CONFIG) is None


def test_grade_marks_the_line_of_a_student_and_prints_nothing_else_to_obey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "::error::x.py").write_text("def f(:\n")
    rules = Path(__file__).parent / "tiny.yaml"
    arguments = ["grade", "hw", "--out", "out", "--config", str(rules), "--no-sandbox", "--ci"]
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 0
    commands = [line for line in capsys.readouterr().out.splitlines() if "::" in line]
    assert len(commands) == 1
    assert commands[0].startswith("::error file=hw/%3A%3Aerror%3A%3Ax.py,title=syntax,line=1::")
    assert (tmp_path / "out" / "junit.xml").is_file()
    assert "REJECTED" in (tmp_path / "summary.md").read_text()
