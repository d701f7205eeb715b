"""What GitHub Actions and GitHub Classroom read: a summary, annotations, a Classroom result.

Everything that a submission said passes through `autograder.reports.markdown`; in annotations it is
escaped as the runner's commands ask for, so that nothing in it can be a command.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from autograder import names
from autograder.ci.inert import inert
from autograder.models import Verdict
from autograder.reports.feedback import render_feedback
from autograder.reports.markdown import cell, visible
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart, FindingPart, PlacePart
from autograder.reports.words import SENTENCES, place_of

SUMMARY_BYTES = 1000 << 10  # GitHub gives up a summary above 1024 KiB
_POINTS_OF_A_CURVE = 60
_CLASSROOM_VERSION = 1


def render_summary(reports: Sequence[Report]) -> str:
    """Return a step summary in Markdown: all scores, then as much feedback as there is room for."""
    parts = ["# Results", _table(reports)]
    left = SUMMARY_BYTES - sum(len(part.encode()) for part in parts) - 1000
    for number, report in enumerate(reports):
        feedback = _folded(report, alone=len(reports) == 1)
        left -= len(feedback.encode())
        if left < 0:
            parts.append(f"… and the feedback on {len(reports) - number} more: see the artifact.")
            break
        parts.append(feedback)
    return "\n\n".join(parts) + "\n"


def _table(reports: Sequence[Report]) -> str:
    rows = ["| Submission | Verdict | Score | Of | Flags |", "| --- | --- | ---: | ---: | --- |"]
    left = SUMMARY_BYTES // 2
    for number, report in enumerate(reports):
        row = _row(report)
        left -= len(row.encode())
        if left < 0:
            rows.append(f"| … and {len(reports) - number} more | | | | |")
            break
        rows.append(row)
    return "\n".join(rows)


def _row(report: Report) -> str:
    score = "" if report.score is None else f"{report.score:.2f}"
    cells = (cell(report.submission.id), report.verdict.value, score)
    return f"| {' | '.join(cells)} | {report.max_score:g} | {', '.join(report.flags)} |"


def _folded(report: Report, *, alone: bool) -> str:
    text = "\n\n".join(part for part in (render_feedback(report), _curve(report)) if part)
    if alone:
        return text
    # In this line Markdown is not read, but HTML is.
    name = html.escape(inert(report.submission.id))
    return f"<details><summary>{name}</summary>\n\n{text}\n\n</details>"


def _curve(report: Report) -> str:
    """Return the accuracies as a chart that GitHub draws; empty if there is none."""
    history = report.history
    if len(history) < 2:
        return ""
    shown = history[:: -(-len(history) // _POINTS_OF_A_CURVE)]
    numbers = ", ".join(str(epoch.epoch) for epoch in shown)
    training = ", ".join(_share(epoch.accuracy) for epoch in shown)
    validation = ", ".join(_share(epoch.validation_accuracy) for epoch in shown)
    return (
        "```mermaid\nxychart-beta\n"
        '    title "Accuracy in training and on validation, by epoch"\n'
        f"    x-axis [{numbers}]\n    y-axis 0 --> 1\n"
        f"    line [{training}]\n    line [{validation}]\n```"
    )


def _share(accuracy: float | None) -> str:
    """Return what can be drawn of a number that is a job's own word."""
    return f"{min(max(accuracy or 0.0, 0.0), 1.0):.3f}"


def render_annotations(report: Report, origin: PurePosixPath) -> list[str]:
    """Return workflow commands that mark the student's own lines.

    Args:
        report: Whose findings to show.
        origin: What was handed in, relative to the repository: a file, or a folder of them.
    """
    marked = [finding for finding in report.findings if finding.place is not None]
    return [_annotation(finding, origin) for finding in marked]


def _annotation(finding: FindingPart, origin: PurePosixPath) -> str:
    place = finding.place
    assert place is not None
    file = _file(place, origin)
    where = {"file": str(file), "title": finding.rule}
    # A notebook's lines are those of its JSON, an archive's are nobody's.
    in_the_file = file.name == PurePosixPath(place.file).name and place.cell is None
    if place.line is not None and in_the_file:
        where["line"] = str(place.line)
    seen_in = "" if in_the_file else f"{place_of(finding)}: "
    properties = ",".join(f"{key}={_escaped_property(value)}" for key, value in where.items())
    return f"::error {properties}::{_escaped(f'{seen_in}{finding.message} {finding.hint}'.strip())}"


def _file(place: PlacePart, origin: PurePosixPath) -> PurePosixPath:
    """Return the file of the repository to mark: what was handed in, or a file in that folder."""
    inside = PurePosixPath(place.file)
    if names.suffix(origin.name) in names.SOURCES | {".zip"}:
        return origin
    return origin if inside.is_absolute() or ".." in inside.parts else origin / inside


def _escaped(text: str) -> str:
    """Escape what ends a command, as GitHub's own toolkit does."""
    return inert(text).replace("%", "%25").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    plain = visible(text).replace("%", "%25").replace("\n", "%0A")
    return plain.replace(":", "%3A").replace(",", "%2C")


def classroom_result(report: Report) -> str:
    """Return the step output ``result`` for GitHub Classroom's reporter: base64 of JSON."""
    tests = list(_classroom_tests(report))
    ours = report.verdict is Verdict.INTERNAL_ERROR
    failed = any(test["status"] != "pass" for test in tests)
    document = {
        "version": _CLASSROOM_VERSION,
        "status": "error" if ours else "fail" if failed else "pass",
        "max_score": report.max_score,
        "tests": tests,
    }
    return base64.b64encode(json.dumps(document).encode()).decode()


def _classroom_tests(report: Report) -> Iterator[dict[str, Any]]:
    """Yield at least one test: the reporter crashes on none."""
    if not report.criteria:
        status = "error" if report.verdict is Verdict.INTERNAL_ERROR else "fail"
        yield _test("Grading", status, 0.0, SENTENCES[report.verdict], report.timings.wall_s)
    for item in report.criteria:
        status = "pass" if item.points == item.max_points else "fail"
        yield _test(item.title, status, item.points, item.reason, 0.0) | _possible(item)


def _possible(item: CriterionPart) -> dict[str, Any]:
    return {"test_code": f"{item.points:g} of {item.max_points:g} points"}


def _test(name: str, status: str, score: float, message: str, duration_s: float) -> dict[str, Any]:
    return {
        "name": inert(name),
        "status": status,
        "score": score,
        "message": inert(message),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": round(duration_s * 1000),
    }
