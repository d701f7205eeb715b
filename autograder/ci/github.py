"""What GitHub Actions and GitHub Classroom read: a summary, annotations, a Classroom result.

Everything that a submission said passes through `autograder.reports.markdown`; in annotations it is
escaped as the runner's commands ask for, so that nothing in it can be a command.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from autograder.models import Verdict
from autograder.reports.feedback import render_feedback
from autograder.reports.markdown import cell, visible
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart, FindingPart
from autograder.reports.words import SENTENCES

SUMMARY_BYTES = 1000 << 10  # GitHub gives up a summary above 1024 KiB
_ANNOTATIONS = 10  # of a kind in one step; GitHub shows no more
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
    for number, report in enumerate(reports):
        if len("\n".join(rows)) > SUMMARY_BYTES // 2:
            rows.append(f"| … and {len(reports) - number} more | | | | |")
            break
        score = "" if report.score is None else f"{report.score:.2f}"
        cells = (cell(report.submission.id), report.verdict.value, score)
        rows.append(f"| {' | '.join(cells)} | {report.max_score:g} | {', '.join(report.flags)} |")
    return "\n".join(rows)


def _folded(report: Report, *, alone: bool) -> str:
    text = "\n\n".join(part for part in (render_feedback(report), _curve(report)) if part)
    if alone:
        return text
    return f"<details><summary>{cell(report.submission.id)}</summary>\n\n{text}\n\n</details>"


def _curve(report: Report) -> str:
    """Return the accuracies as a chart that GitHub draws; empty if there is none."""
    epochs = [epoch for epoch in report.history if None not in (epoch.accuracy, epoch.loss)]
    if len(epochs) < 2:
        return ""
    shown = epochs[:: -(-len(epochs) // 60)]
    numbers = ", ".join(str(epoch.epoch) for epoch in shown)
    training = ", ".join(f"{epoch.accuracy or 0:.3f}" for epoch in shown)
    validation = ", ".join(f"{epoch.validation_accuracy or 0:.3f}" for epoch in shown)
    return (
        "```mermaid\nxychart-beta\n"
        '    title "Accuracy in training and on validation, by epoch"\n'
        f"    x-axis [{numbers}]\n    y-axis 0 --> 1\n"
        f"    line [{training}]\n    line [{validation}]\n```"
    )


def render_annotations(report: Report, folder: str = "") -> list[str]:
    """Return workflow commands that mark the student's own lines.

    Args:
        report: Whose findings to show.
        folder: Of the submission, relative to the repository.
    """
    marked = [finding for finding in report.findings if finding.place is not None]
    return [_annotation(finding, folder) for finding in marked[:_ANNOTATIONS]]


def _annotation(finding: FindingPart, folder: str) -> str:
    place = finding.place
    assert place is not None
    where = {"file": str(PurePosixPath(folder) / place.file), "title": finding.rule}
    if place.line is not None and place.cell is None:  # a notebook's lines are those of its JSON
        where["line"] = str(place.line)
    cell_ = f"Cell {place.cell}, line {place.line}: " if place.cell is not None else ""
    properties = ",".join(f"{key}={_escaped_property(value)}" for key, value in where.items())
    return f"::error {properties}::{_escaped(f'{cell_}{finding.message} {finding.hint}'.strip())}"


def _escaped(text: str) -> str:
    """Escape what ends a command, as GitHub's own toolkit does."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


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
        "name": visible(name),
        "status": status,
        "score": score,
        "message": visible(message),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": round(duration_s * 1000),
    }
