"""Outcomes and reports to test with: complete, small, changed by keyword."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.config import Config
from autograder.measures import CriterionResult, Metrics, Score
from autograder.models import (
    Epoch,
    Finding,
    Layer,
    Location,
    ResourceUse,
    Submission,
    TrainingPlan,
    Verdict,
)
from autograder.outcome import Interval, Outcome, TrainingRun, Uncertainty
from autograder.reports.build import ReportContext, build_report
from autograder.reports.report import Environment, Report

STARTED = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
CONFIG = Config.model_validate(
    {
        "version": 1,
        "rubric": [
            {
                "id": "recognition",
                "title": "Signs are recognised",
                "points": 90,
                "metric": "macro_f1",
                "zero_at": 0.5,
                "full_at": 0.9,
            },
            {
                "id": "augmentation",
                "title": "Augmentation varies",
                "points": 10,
                "check": "checks.py::test_it",
            },
        ],
        "late": {"due": "2027-01-31T23:59:00+01:00", "points_per_day": 10},
    }
)
ENVIRONMENT = Environment(
    python="3.11.2",
    tensorflow="2.21.0",
    keras="3.15.0",
    numpy="2.4.0",
    platform="Linux-x86_64",
    cpu="Some CPU",
    reproducibility="strict",
    vector_extensions=("avx2", "fma"),
)
SUBMISSION = Submission(
    id="ada",
    student_id="s001",
    name="Ada Lovelace",
    path=Path("somewhere/secret/ada.py"),
    files=(),
    sha256="a" * 64,
    submitted_at=datetime(2027, 1, 31, 12, 0, tzinfo=UTC),
)
RECOGNITION = CriterionResult(
    "recognition", "Signs are recognised", 67.5, 90, 0.8, None, "macro-F1 is 0.800."
)
AUGMENTATION = CriterionResult(
    "augmentation", "Augmentation varies", 10, 10, None, True, "The check passed."
)
GRADED = Outcome(
    verdict=Verdict.GRADED,
    score=Score((RECOGNITION, AUGMENTATION)),
    holdout=Metrics(0.8, 0.82, (0.7, 0.94), 50),
    validation=Metrics(0.84, 0.85, (0.8, 0.9), 40),
    layers=(Layer("conv2d", "Conv2D", True, (30, 30, 8), ((3, 3, 3, 8), (8,)), ((8,),)),),
    parameters=224,
    plan=TrainingPlan(5, 32, 10, 50, 100, 5.0, 5.0, 0.5),
    history=(Epoch(1, 10, 2.0, 0.4, 1.9, 0.5), Epoch(5, 50, 0.4, 0.86, 0.5, 0.85)),
    weights_sha256="b" * 64,
    resources=ResourceUse(12.0, 14.0, 700.0),
    note="for staff only",
)
UNCERTAINTY = Uncertainty(
    score_se=2.4,
    holdout_se=1.44,
    luck_se=1.92,
    score=Interval(72.8, 82.2),
    macro_f1=Interval(0.781, 0.817),
    accuracy=Interval(0.8, 0.84),
    recall=(Interval(0.6, 0.8), Interval(0.9, 0.97)),
    decisions=("Open after 1 run: too unsure.", "Settled after 2 runs."),
    borderline=False,
)
RUNS = (
    TrainingRun(2027, Metrics(0.79, 0.81, (0.7, 0.92), 50), 75.25, "b" * 64, None),
    TrainingRun(2028, Metrics(0.81, 0.83, (0.7, 0.96), 50), 79.75, "c" * 64, None),
)
REJECTED = Outcome(
    verdict=Verdict.REJECTED,
    findings=(
        Finding(
            "forbidden-import",
            "The module os may not be imported.",
            "Remove the import.",
            Location("submission.ipynb", 3, 2),
        ),
    ),
)


def context(**changes: Any) -> ReportContext:
    complete = ReportContext(
        config=CONFIG,
        class_names=("Stop", "Yield"),
        environment=ENVIRONMENT,
        dataset_fingerprint="c" * 64,
        holdout_sha256="d" * 64,
        holdout_is_default_seed=False,
        isolation="full",
        cache_key="e" * 64,
        started_at=STARTED,
        graded_at=STARTED.replace(minute=1),
    )
    return replace(complete, **changes)


def report(
    outcome: Outcome = GRADED, submission: Submission = SUBMISSION, **context_changes: Any
) -> Report:
    return build_report(submission, outcome, context(**context_changes))
