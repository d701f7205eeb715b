"""What GitHub is given: a summary, annotations, a result for Classroom."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from markdown_it import MarkdownIt

from autograder.ci.github import classroom_result, render_annotations, render_summary
from autograder.models import CriterionResult, Epoch, Finding, Location, Score, Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from tests.sample_reports import AUGMENTATION, GRADED, REJECTED, SUBMISSION, report

INTERNAL = Outcome(Verdict.INTERNAL_ERROR, note="for staff only")
HOSTILE = [
    "::error::x",
    "a\n::set-output name=x::y",
    "\r\n##[group]x",
    "%0A::error::x",
    "<img src=x onerror=alert(1)>",
    "</details>[x](javascript:alert(1))",
    "```\n# Results\n",
    "@everyone",
]

TAGS = {
    "h1", "h2", "p", "ul", "li", "code", "pre", "strong", "em", "details", "summary",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def broken(*places: Location | None) -> Outcome:
    found = tuple(Finding("some-rule", "It is wrong.", "Mend it.", place) for place in places)
    return replace(REJECTED, findings=found)


# --- the summary --------------------------------------------------------------------------------


def test_the_summary_has_a_row_for_each_submission() -> None:
    summary = render_summary([report(), report(REJECTED, replace(SUBMISSION, id="bo"))])
    assert "| ada | GRADED | 77.50 | 100 |" in summary
    assert "| bo | REJECTED | 0.00 | 100 |" in summary


def test_the_summary_has_the_score_table_and_the_learning_curve() -> None:
    summary = render_summary([report()])
    assert "| Signs are recognised | 67.50 | 90.00 |" in summary
    [chart] = re.findall(r"```mermaid\n(.*?)```", summary, re.DOTALL)
    assert "x-axis [1, 5]" in chart
    assert "line [0.400, 0.860]\n    line [0.500, 0.850]" in chart


def test_a_curve_draws_what_a_job_says_as_numbers_between_0_and_1() -> None:
    wild = (Epoch(1, 1, 1.0, 1e300, 1.0, float("nan")), Epoch(2, 2, 1.0, -5.0, 1.0, 0.25))
    summary = render_summary([report(replace(GRADED, history=wild))])
    assert "line [1.000, 0.000]\n    line [0.000, 0.250]" in summary


def test_a_thousand_reports_stay_below_the_limit_and_say_what_is_left_out() -> None:
    long = CriterionResult("recognition", "Signs", 1, 90, 0.8, None, "because " * 1000)
    one = report(replace(GRADED, score=Score((long, AUGMENTATION))))
    reports = [
        one.model_copy(update={"submission": one.submission.model_copy(update={"id": f"s{n}"})})
        for n in range(1000)
    ]
    summary = render_summary(reports)
    assert len(summary.encode()) < 1 << 20
    assert "| s999 |" in summary
    assert re.search(r"feedback on \d+ more", summary)


def test_ten_thousand_rows_are_too_many() -> None:
    one = report()
    longest = one.submission.model_copy(update={"id": "ß" * 60})
    summary = render_summary([one.model_copy(update={"submission": longest})] * 10_000)
    assert len(summary.encode()) < 1 << 20
    assert re.search(r"\| … and \d+ more \|", summary)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_summary_makes_no_markup_of_what_others_wrote(hostile: str) -> None:
    item = CriterionResult("recognition", "Signs", 1, 90, 0.8, None, hostile)
    outcome = replace(
        GRADED, score=Score((item, AUGMENTATION)), findings=(Finding("rule", hostile, hostile),)
    )
    one = report(outcome, replace(SUBMISSION, name=hostile))
    named = one.model_copy(update={"submission": one.submission.model_copy(update={"id": hostile})})
    summary = render_summary([named, report()])
    html = MarkdownIt("commonmark").enable("table").render(summary)
    assert set(re.findall(r"<(\w+)", html)) <= TAGS
    assert html.count("<details>") == html.count("</details>") == 2
    assert not any(line.lstrip().startswith(("::", "##[")) for line in summary.splitlines())


# --- annotations --------------------------------------------------------------------------------


def test_an_annotation_marks_the_line_in_the_repository() -> None:
    [line] = render_annotations(
        report(broken(Location("submission.py", 12))), PurePosixPath("students/ada")
    )
    assert line == (
        "::error file=students/ada/submission.py,title=some-rule,line=12::It is wrong. Mend it."
    )


def test_a_single_file_is_marked_itself() -> None:
    [line] = render_annotations(report(broken(Location("ada.py", 3))), PurePosixPath("in/ada.py"))
    assert line.startswith("::error file=in/ada.py,title=some-rule,line=3::")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Location("submission.ipynb", 3, 2), "submission.ipynb, cell 2, line 3: It is wrong."),
        (Location("submission.ipynb", None, 2), "submission.ipynb, cell 2: It is wrong."),
    ],
)
def test_in_a_notebook_the_cell_is_said(place: Location, said: str) -> None:
    [line] = render_annotations(report(broken(place)), PurePosixPath("assignment"))
    assert line == f"::error file=assignment/submission.ipynb,title=some-rule::{said} Mend it."


def test_what_is_in_an_archive_marks_the_archive() -> None:
    [line] = render_annotations(
        report(broken(Location("submission.py", 3))), PurePosixPath("in/ada.zip")
    )
    assert line.startswith("::error file=in/ada.zip,title=some-rule::submission.py, line 3: ")


@pytest.mark.parametrize("file", ["/etc/passwd", "../../x.py", "a/../../x.py"])
def test_no_file_outside_of_the_submission_is_marked(file: str) -> None:
    [line] = render_annotations(report(broken(Location(file, 1))), PurePosixPath("ada"))
    assert line.startswith("::error file=ada,title=some-rule::")


def test_a_finding_without_a_place_is_no_annotation() -> None:
    assert render_annotations(report(broken(None)), PurePosixPath("ada")) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_annotation_is_one_line_and_one_command(hostile: str) -> None:
    finding = Finding("rule", hostile, hostile, Location(f"{hostile},line=1.py", 1))
    [line] = render_annotations(
        report(replace(REJECTED, findings=(finding,))), PurePosixPath("a,b:c")
    )
    assert len(line.splitlines()) == 1
    command, properties, message = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()  # type: ignore[union-attr]
    assert command == "error"
    assert re.fullmatch(r"file=[^:,]*,title=rule(,line=1)?", properties)
    assert "::" not in message


# --- Classroom ----------------------------------------------------------------------------------


def result(of: Report) -> Any:
    return json.loads(base64.b64decode(classroom_result(of)))


def test_classroom_gets_a_test_for_each_criterion() -> None:
    document = result(report())
    assert (document["version"], document["status"], document["max_score"]) == (1, "fail", 100)
    assert [(t["name"], t["status"], t["score"]) for t in document["tests"]] == [
        ("Signs are recognised", "fail", 67.5),
        ("Augmentation varies", "pass", 10),
    ]
    assert document["tests"][0]["message"] == "macro-F1 is 0.800."


def test_all_points_are_a_pass() -> None:
    score = Score((replace(AUGMENTATION, points=10),))
    assert result(report(replace(GRADED, score=score)))["status"] == "pass"


@pytest.mark.parametrize(("outcome", "status"), [(REJECTED, "fail"), (INTERNAL, "error")])
def test_there_is_always_a_test_or_the_reporter_crashes(outcome: Outcome, status: str) -> None:
    document = result(report(outcome))
    assert document["status"] == status
    [test] = document["tests"]
    assert (test["status"], test["score"]) == (status, 0)
    fields = "name status score message test_code filename line_no duration"
    assert set(test) == set(fields.split())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_reporter_prints_no_command(hostile: str) -> None:
    item = CriterionResult("recognition", hostile, 1, 90, 0.8, None, hostile)
    for test in result(report(replace(GRADED, score=Score((item,)))))["tests"]:
        assert "::" not in test["name"] + test["message"]
        assert "##[" not in test["name"] + test["message"]
