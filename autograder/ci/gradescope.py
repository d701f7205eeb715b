"""What Gradescope reads: ``results.json``, one test for each line of the rubric.

No test is ever hidden: one hidden test hides the total from students.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from autograder.models import Verdict
from autograder.reports.feedback import render_feedback
from autograder.reports.markdown import message, prose
from autograder.reports.report import Report
from autograder.reports.result_parts import CriterionPart

Visibility = Literal["visible", "after_due_date", "after_published"]


def render_results(report: Report, *, points: float | None = None, detail: Visibility) -> str:
    """Return ``results.json``.

    A submission that we failed to grade gets no score, which Gradescope shows as a failure of the
    autograder, to be run again.

    Args:
        report: Of the submission.
        points: Of the assignment in Gradescope; the score is scaled to them.
        detail: When students see the tests and the feedback.
    """
    if report.verdict is Verdict.INTERNAL_ERROR:
        document: dict[str, Any] = {"output": render_feedback(report), "output_format": "md"}
        return json.dumps(document, indent=2) + "\n"
    scale = 1.0 if points is None else points / report.max_score
    document = {
        "score": round((report.grade or 0.0) * scale, 4),
        "execution_time": round(report.timings.wall_s),
        "output": render_feedback(report),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": detail,
        "stdout_visibility": "hidden",
        "tests": [_test(item, scale) for item in report.criteria],
        "leaderboard": _leaderboard(report),
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


def _test(item: CriterionPart, scale: float) -> dict[str, Any]:
    return {
        "name": prose(item.title),
        "score": round(item.points * scale, 4),
        "max_score": round(item.max_points * scale, 4),
        "status": "passed" if item.points == item.max_points else "failed",
        "output": message(item.reason),
    }


def _leaderboard(report: Report) -> list[dict[str, Any]]:
    """Return what is fit to be compared in public: how good the network is, and what it took."""
    holdout, used_s = report.metrics.holdout, report.budget.training_s.used
    if holdout is None or used_s is None:
        return []
    rows: list[tuple[str, float, str]] = [
        ("macro-F1", round(holdout.macro_f1, 4), "desc"),
        ("accuracy", round(holdout.accuracy, 4), "desc"),
        ("reference seconds", round(used_s, 1), "asc"),
    ]
    if holdout.robustness:
        rows.insert(1, ("macro-F1, bad conditions", round(holdout.robustness.macro_f1, 4), "desc"))
    return [{"name": name, "value": value, "order": order} for name, value, order in rows]
