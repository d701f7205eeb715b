"""JUnit XML: valid, complete, and nothing in it that a CI service would obey."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from autograder.ci.junit import render_junit
from autograder.measures import CriterionResult, Score
from autograder.models import Finding, Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from tests.sample_reports import AUGMENTATION, GRADED, RECOGNITION, REJECTED, SUBMISSION, report

INTERNAL = Outcome(Verdict.INTERNAL_ERROR, note="Traceback: for staff only")
# As in Jenkins' junit-10.xsd: what may stand in an element, and which attributes it has
# (a question mark: may be left out).
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "testcase": {"properties", "skipped", "error", "failure", "system-out", "system-err"},
    "properties": {"property"},
    "property": set(),
    "failure": set(),
    "error": set(),
}
ATTRIBUTES = {
    "testsuites": "name? time? tests? failures? errors?",
    "testsuite": "name tests failures errors skipped? time? timestamp? hostname?",
    "testcase": "name classname? time?",
    "properties": "",
    "property": "name value",
    "failure": "type? message?",
    "error": "type? message?",
}
COUNT = re.compile(r"\d+")
SECONDS = re.compile(r"\d+\.\d+")
VALUES = {
    "tests": COUNT, "failures": COUNT, "errors": COUNT, "skipped": COUNT, "time": SECONDS,
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
}  # fmt: skip


def validated(*reports: Report) -> ET.Element:
    """Return the document that was rendered, held against the schema."""
    root = ET.fromstring(render_junit(reports))
    assert root.tag == "testsuites"
    for element in root.iter():
        allowed = ATTRIBUTES[element.tag].split()
        required = {name for name in allowed if not name.endswith("?")}
        assert required <= set(element.attrib) <= {name.rstrip("?") for name in allowed}
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        for name, value in element.attrib.items():
            if name in VALUES:
                assert VALUES[name].fullmatch(value), f"{element.tag} {name}={value!r}"
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error"))
        names = [case.attrib["name"] for case in suite.findall("testcase")]
        assert len(set(names)) == len(names)
    return root


def properties(element: ET.Element) -> dict[str, str]:
    found = element.findall("properties/property")
    return {item.attrib["name"]: item.attrib["value"] for item in found}


def test_no_reports_are_a_valid_document() -> None:
    assert validated().attrib["tests"] == "0"


def test_every_line_of_the_rubric_is_a_case_with_its_points() -> None:
    root = validated(report())
    verdict, recognition, augmentation = root.findall("testsuite/testcase")
    assert verdict.attrib == {"classname": "ada", "name": "verdict", "time": "14.000"}
    assert properties(recognition) == {"points": "67.5", "max_points": "90"}
    assert augmentation.find("failure") is None


def test_missing_points_are_a_failure_that_says_why() -> None:
    failure = validated(report()).find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.attrib["message"] == "22.5 of 90 points are missing"
    assert failure.text == "macro-F1 is 0.800."


def test_the_suite_says_the_score_and_when() -> None:
    suite = validated(report())[0]
    said = properties(suite)
    assert said == {"score": "77.5", "max_score": "100", "grade": "77.5", "verdict": "GRADED"}
    assert suite.attrib["timestamp"] == "2027-02-01T12:01:00"


def test_a_students_fault_is_a_failure_with_its_reasons() -> None:
    suite = validated(report(REJECTED))[0]
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.attrib["type"] == "REJECTED"
    assert failure.text == "The module os may not be imported. Remove the import."


def test_our_fault_is_an_error_and_keeps_notes_to_staff() -> None:
    text = render_junit([report(INTERNAL)]).decode()
    root = validated(report(INTERNAL))
    assert (root.attrib["errors"], root.attrib["failures"]) == ("1", "0")
    assert "staff" not in text


def test_a_check_that_could_not_be_run_is_an_error() -> None:
    undecided = replace(AUGMENTATION, points=0, passed=None, reason="The check itself failed.")
    root = validated(report(replace(GRADED, score=Score((RECOGNITION, undecided)))))
    assert (root.attrib["errors"], root.attrib["failures"]) == ("1", "1")


def test_counts_are_those_of_all_suites() -> None:
    root = validated(report(), report(REJECTED, replace(SUBMISSION, id="bo")), report(INTERNAL))
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"]) == ("5", "2", "1")


@pytest.mark.parametrize(
    "hostile",
    [
        "]]></failure><testcase/>",
        '"><error message="',
        "\x00\x08\x0b\x1b[31m\ufffe\uffff",
        "\ud800 half a character",
        "&lt; &amp; &#0; &#xFFFF;",
        "a\u202eb\u2028c\x85d",
        "\N{PILE OF POO}" * 50,
    ],
)
def test_hostile_texts_stay_texts(hostile: str) -> None:
    criterion = CriterionResult("recognition", hostile, 1, 90, 0.8, None, hostile)
    outcome = replace(
        GRADED,
        score=Score((criterion, AUGMENTATION)),
        findings=(Finding("rule", hostile, hostile),),
    )
    root = validated(report(outcome, replace(SUBMISSION, name=hostile)))
    assert len(root.findall("testsuite/testcase")) == 3
    validated(report(replace(REJECTED, findings=(Finding("rule", hostile, hostile),))))


@pytest.mark.parametrize(
    "command",
    [
        "::error::x",
        "\n::set-output name=x::y",
        "##[error]x",
        "##vso[task.complete]",
        "##teamcity[x]",
    ],
)
def test_nothing_is_a_command_to_a_service_that_prints_it(command: str) -> None:
    findings = (Finding("rule", f"{command} said", command),)
    text = render_junit([report(replace(REJECTED, findings=findings))]).decode()
    assert "said" in text
    assert "::" not in text
    assert not re.search(r"##\w*\[", text)
