"""JUnit XML: a test suite for each submission, a test case for each line of the rubric.

A ``failure`` is the student's: points are missing, and it says why. An ``error`` is ours, or for a
person to decide: the submission could not be graded, or a check could not be run. The form is that
of Jenkins' junit-10.xsd, which GitLab, Azure and GitHub's actions read, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from autograder.ci.inert import inert
from autograder.models import Verdict
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart
from autograder.reports.words import SENTENCES

_VERDICT = "verdict"


def render_junit(reports: Sequence[Report]) -> bytes:
    """Return the reports as a JUnit XML document, UTF-8, in their order."""
    root = ET.Element("testsuites", name="autograder")
    for report in reports:
        root.append(_suite(report))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", f"{sum(report.timings.wall_s for report in reports):.3f}")
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _suite(report: Report) -> ET.Element:
    cases = [_verdict(report), *(_criterion(report, item) for item in report.criteria)]
    suite = ET.Element(
        "testsuite",
        name=inert(report.submission.id),
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped="0",
        time=f"{report.timings.wall_s:.3f}",
        timestamp=f"{report.timings.graded_at:%Y-%m-%dT%H:%M:%S}",
        hostname="localhost",
    )
    facts = {"score": report.score, "max_score": report.max_score, "grade": report.grade}
    suite.append(_properties(facts | {"verdict": report.verdict.value}))
    suite.extend(cases)
    return suite


def _verdict(report: Report) -> ET.Element:
    """Return the case that says whether it was graded at all; it holds the time of the whole."""
    case = _case(report, _VERDICT, report.timings.wall_s)
    if report.verdict is Verdict.GRADED:
        return case
    kind = "error" if report.verdict is Verdict.INTERNAL_ERROR else "failure"
    reasons = [f"{finding.message} {finding.hint}".strip() for finding in report.findings]
    _add(case, kind, report.verdict.value, SENTENCES[report.verdict], "\n".join(reasons))
    return case


def _criterion(report: Report, item: CriterionPart) -> ET.Element:
    case = _case(report, item.title, 0.0)
    case.append(_properties({"points": item.points, "max_points": item.max_points}))
    undecided = item.passed is None and item.value is None  # a check that could not be run
    if item.points < item.max_points:
        kind = "error" if undecided else "failure"
        missing = f"{item.max_points - item.points:g} of {item.max_points:g} points are missing"
        _add(case, kind, "points", missing, item.reason)
    return case


def _case(report: Report, name: str, time_s: float) -> ET.Element:
    classname = inert(report.submission.id)
    return ET.Element("testcase", classname=classname, name=inert(name), time=f"{time_s:.3f}")


def _add(case: ET.Element, kind: str, type_: str, message: str, text: str) -> None:
    ET.SubElement(case, kind, type=type_, message=inert(message)).text = inert(text)


def _properties(facts: dict[str, float | str | None]) -> ET.Element:
    properties = ET.Element("properties")
    for name, value in facts.items():
        shown = "" if value is None else value if isinstance(value, str) else f"{value:g}"
        ET.SubElement(properties, "property", name=name, value=shown)
    return properties
