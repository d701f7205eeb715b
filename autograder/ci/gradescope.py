"""What Gradescope reads: ``results.json``, one test for each line of the rubric.

Gradescope shows ``output`` to the student at once, whatever the tests' visibility, and the
leaderboard to everybody. So what came of the holdout stands in the tests, and nowhere else as long
as those are not to be seen at once: a student could otherwise hand in again and again, and keep
what the holdout likes. No test is ever ``hidden``: one such test hides the total for good.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from autograder.ci.inert import inert
from autograder.models import Verdict
from autograder.reports import words
from autograder.reports.feedback import render_feedback, render_findings
from autograder.reports.markdown import message, prose
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart, MetricsPart

Visibility = Literal["visible", "after_due_date", "after_published"]
_LATER: dict[Visibility, str] = {
    "visible": "",
    "after_due_date": "Points and feedback are shown after the due date.",
    "after_published": "Points and feedback are shown when grades are published.",
}


def render_results(report: Report, detail: Visibility) -> str:
    """Return ``results.json``.

    A submission that we failed to grade gets neither score nor tests, which Gradescope shows as a
    failure of the autograder, to be run again. The student's own faults are shown at once.
    Points are those of the rules: the assignment in Gradescope has to have as many.

    Args:
        report: Of the submission.
        detail: When students see points and feedback.
    """
    if report.verdict is Verdict.INTERNAL_ERROR:
        document: dict[str, Any] = {
            "output": render_feedback(report),
            "output_format": "md",
            "stdout_visibility": "hidden",
        }
        return json.dumps(document, indent=2) + "\n"
    if report.verdict is not Verdict.GRADED:
        detail = "visible"
    document = {
        "score": report.grade,
        "execution_time": round(report.timings.wall_s),
        "output": _at_once(report, detail),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": detail,
        "stdout_visibility": "hidden",
        "tests": _tests(report, detail),
        "leaderboard": _leaderboard(report, detail),
        "extra_data": {
            "verdict": report.verdict.value,
            "score": report.score,
            "max_score": report.max_score,
            "late_points": report.late.points,
            "flags": list(report.flags),
            "weights_sha256": report.weights_sha256,
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _at_once(report: Report, detail: Visibility) -> str:
    """Return what the student sees now: what was found in the code, and how the training went."""
    if detail == "visible":
        return render_feedback(report)
    validation = report.metrics.validation
    sections = [
        "Your submission was trained and graded.",
        *words.cautions(report),
        _measured(validation) if validation else "",
        render_findings(report),
        _LATER[detail],
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _measured(metrics: MetricsPart) -> str:
    return (
        f"On the validation images: macro-F1 {metrics.macro_f1:.3f}, "
        f"accuracy {metrics.accuracy:.3f}."
    )


def _tests(report: Report, detail: Visibility) -> list[dict[str, Any]]:
    tests = [_test(item) for item in report.criteria]
    if not tests:
        sentence = words.SENTENCES[report.verdict]
        tests = [_entry("Grading", 0.0, report.max_score, sentence)]
    taken = (report.score or 0.0) - (report.grade or 0.0)
    if taken:
        reason = prose(report.late.reason)
        tests.append({"name": "Late penalty", "score": -taken, "max_score": 0, "output": reason})
    if detail == "visible":
        return tests  # the feedback is the output
    feedback = {"name": "Feedback", "score": 0, "max_score": 0, "output": render_feedback(report)}
    return [*tests, feedback]


def _test(item: CriterionPart) -> dict[str, Any]:
    return _entry(item.title, item.points, item.max_points, message(item.reason))


def _entry(title: str, points: float, max_points: float, output: str) -> dict[str, Any]:
    return {
        "name": inert(title),
        "score": points,
        "max_score": max_points,
        "status": "passed" if points == max_points else "failed",
        "output": output,
    }


def _leaderboard(report: Report, detail: Visibility) -> list[dict[str, Any]]:
    """Return what is fit to be compared in public: how good the network is, and what it took."""
    metrics, used_s = report.metrics, report.budget.training_s.used
    seen, images = (
        (metrics.holdout, "") if detail == "visible" else (metrics.validation, ", validation")
    )
    if seen is None or used_s is None:
        return []
    rows: list[tuple[str, float, str]] = [
        (f"macro-F1{images}", round(seen.macro_f1, 4), "desc"),
        (f"accuracy{images}", round(seen.accuracy, 4), "desc"),
        ("reference seconds", round(used_s, 1), "asc"),
    ]
    if seen.robustness:
        bad = round(seen.robustness.macro_f1, 4)
        rows.insert(1, (f"macro-F1, bad conditions{images}", bad, "desc"))
    return [{"name": name, "value": value, "order": order} for name, value, order in rows]
