"""results.json: what Gradescope takes, and nothing of the holdout before its time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from autograder.ci.gradescope import Visibility, render_results
from autograder.measures import CriterionResult, Score
from autograder.models import Finding, Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from tests.sample_reports import AUGMENTATION, GRADED, REJECTED, SUBMISSION, report

TOP = {
    "score", "execution_time", "output", "output_format", "test_output_format",
    "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
TEST = {"name", "score", "max_score", "status", "output"}
VISIBILITIES = get_args(Visibility)


def results(of: Report, detail: Visibility = "after_due_date") -> Any:
    document = json.loads(render_results(of, detail))
    assert set(document) <= TOP
    assert document["output_format"] in {"text", "html", "simple_format", "md", "ansi"}
    for test in document.get("tests", []):
        assert set(test) <= TEST
        assert test.get("status", "passed") in {"passed", "failed"}
    for row in document.get("leaderboard", []):
        assert set(row) == {"name", "value", "order"}
        assert row["order"] in {"asc", "desc"}
    return document


@pytest.mark.parametrize("detail", VISIBILITIES)
def test_every_criterion_is_a_test_and_the_feedback_stands_once(detail: Visibility) -> None:
    document = results(report(), detail)
    recognition, augmentation, *more = document["tests"]
    assert (recognition["name"], recognition["score"]) == ("Signs are recognised", 67.5)
    assert (recognition["max_score"], recognition["status"]) == (90, "failed")
    assert (augmentation["name"], augmentation["status"]) == ("Augmentation varies", "passed")
    told = [document["output"], *(test["output"] for test in more)]
    assert sum(text.startswith("# Feedback on") for text in told) == 1
    assert document["score"] == 77.5
    assert document["visibility"] == detail
    assert document["execution_time"] == 14


def test_no_test_is_hidden_or_the_total_would_be() -> None:
    assert '"hidden"' not in json.dumps(results(report())["tests"])


@pytest.mark.parametrize("detail", ["after_due_date", "after_published"])
def test_what_is_seen_at_once_says_nothing_about_the_holdout(detail: Visibility) -> None:
    document = results(report(), detail)
    at_once = document["output"] + json.dumps(document["leaderboard"])
    assert "macro-F1 0.840" in at_once  # validation
    for told in ("67.5", "77.5", "0.80", "0.82", "Signs are recognised"):
        assert told not in at_once
    assert "shown" in document["output"]
    assert [row["value"] for row in document["leaderboard"][:2]] == [0.84, 0.85]


def test_where_points_are_visible_at_once_so_is_everything() -> None:
    document = results(report(), "visible")
    assert "77.50 of 100.00 points" in document["output"]
    assert [row["value"] for row in document["leaderboard"][:2]] == [0.8, 0.82]


def test_a_fault_of_the_students_is_shown_at_once_with_its_reasons() -> None:
    document = results(report(REJECTED), "after_published")
    assert (document["score"], document["visibility"]) == (0, "visible")
    assert "The module os may not be imported." in document["output"]
    [grading] = document["tests"]
    assert (grading["name"], grading["score"], grading["max_score"]) == ("Grading", 0, 100)
    assert document["leaderboard"] == []


def test_our_fault_is_no_zero() -> None:
    document = results(report(Outcome(Verdict.INTERNAL_ERROR, note="for staff only")))
    assert "score" not in document
    assert "tests" not in document
    assert "Something failed on our side" in document["output"]
    assert "staff" not in json.dumps(document)


def test_lateness_is_a_line_of_its_own_and_in_the_total() -> None:
    late = replace(SUBMISSION, submitted_at=datetime(2027, 2, 1, 12, 0, tzinfo=UTC))
    document = results(report(submission=late))
    [line] = [test for test in document["tests"] if test["name"] == "Late penalty"]
    assert (line["score"], line["max_score"], document["score"]) == (-10, 0, 67.5)
    assert sum(test["score"] for test in document["tests"]) == document["score"]


def test_what_came_to_nothing_loses_nothing_by_being_late() -> None:
    late = replace(SUBMISSION, submitted_at=datetime(2027, 2, 1, 12, 0, tzinfo=UTC))
    assert [test["name"] for test in results(report(REJECTED, late))["tests"]] == ["Grading"]


@pytest.mark.parametrize("hostile", ["<script>x</script>", "\x1b[31m\x00", "[x](javascript:x)"])
def test_hostile_texts_stay_texts(hostile: str) -> None:
    item = CriterionResult("recognition", hostile, 1, 90, 0.8, None, hostile)
    found = (Finding("rule", hostile, hostile),)
    outcome = replace(GRADED, score=Score((item, AUGMENTATION)), findings=found)
    document = results(report(outcome))
    for text in (document["output"], *(test["output"] for test in document["tests"])):
        assert hostile not in text.replace(f"`{hostile}`", "")
    assert "\x1b" not in document["tests"][0]["name"]
