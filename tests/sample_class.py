"""Reports of a class to test with: as many as it takes, changed by keyword."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from autograder.models import Verdict
from autograder.reports.report import Report
from autograder.reports.result_parts import (
    BothMetricsPart,
    CriterionPart,
    LatePart,
    MetricsPart,
    MistakesPart,
)
from tests import sample_reports

NOT_LATE = LatePart(points=0, days=0, reason="")


def criterion(id_: str, points: float, max_points: float = 10, **changes: Any) -> CriterionPart:
    part = CriterionPart(
        id=id_, title=f"Criterion {id_}", points=points, max_points=max_points, value=0.5,
        passed=None, reason="Because.",
    )  # fmt: skip
    return part.model_copy(update=changes)


def holdout(macro_f1: float = 0.8, **changes: Any) -> MetricsPart:
    part = MetricsPart(macro_f1=macro_f1, accuracy=0.8, recall=(0.7, 0.9), count=100)
    return part.model_copy(update=changes)


def mistakes(*found: tuple[int, int, int]) -> tuple[MistakesPart, ...]:
    return tuple(
        MistakesPart(class_id=class_id, read_as=read_as, count=count)
        for class_id, read_as, count in found
    )


@functools.cache
def _graded() -> Report:
    return sample_reports.report()


def graded(  # noqa: PLR0917
    id_: str,
    score: float = 70.0,
    criteria: Sequence[CriterionPart] = (),
    flags: Sequence[str] = (),
    metrics: MetricsPart | None = None,
    used_s: float | None = 20.0,
    name: str = "",
    **changes: Any,
) -> Report:
    report = _graded()
    seconds = report.budget.training_s.model_copy(update={"allowed": 40.0, "used": used_s})
    return report.model_copy(
        update={
            "submission": report.submission.model_copy(update={"id": id_, "name": name}),
            "score": score,
            "percent": score,
            "grade": score,
            "late": NOT_LATE,
            "max_score": 100.0,
            "criteria": tuple(criteria),
            "flags": tuple(flags),
            "metrics": BothMetricsPart(holdout=metrics or holdout(), validation=None),
            "budget": report.budget.model_copy(update={"training_s": seconds}),
            **changes,
        }
    )


def ended(id_: str, verdict: Verdict, flags: Sequence[str] = ()) -> Report:
    """A submission without a network: at zero, or without a grade if it was our fault."""
    score = None if verdict is Verdict.INTERNAL_ERROR else 0.0
    nothing = BothMetricsPart(holdout=None, validation=None)
    return graded(id_, flags=flags, used_s=None).model_copy(
        update={
            "verdict": verdict, "score": score, "percent": score, "grade": score,
            "metrics": nothing, "weights_sha256": None,
        }
    )  # fmt: skip
