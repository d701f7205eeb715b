"""What grading a submission came to: its runs, how sure they are, and all else that was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from autograder.evidence import Evidence
from autograder.measures import Metrics, Score
from autograder.models import (
    Cost,
    Diagnosis,
    Epoch,
    Finding,
    Layer,
    Replay,
    ResourceUse,
    TrainingPlan,
    Verdict,
)
from autograder.probing.facts import Examined


@dataclass(frozen=True)
class TrainingRun:
    """One training of a submission; its runs differ in the seed alone.

    Attributes:
        seed: Of everything random in it.
        metrics: Of the split that is scored.
        points: Its score, had it been the only run.
        weights_sha256: Over the trained weights.
        replay: None where nothing is replayed, as at a student's.
    """

    seed: int
    metrics: Metrics
    points: float
    weights_sha256: str
    replay: Replay | None


@dataclass(frozen=True)
class FailedRun:
    """A further run that came to nothing, by the student's fault.

    Attributes:
        seed: Of everything random in it.
        verdict: What a submission gets whose first run ends so.
        findings: Why, to the student.
        note: Why, to staff.
    """

    seed: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    note: str = ""


@dataclass(frozen=True)
class Interval:
    """Ends of a 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Uncertainty:
    """How far off the means over the runs may be; see `autograder.stats`.

    Attributes:
        score_se: Standard error of the score, in points.
        holdout_se: The part of it that is due to the signs which the holdout happens to show.
        luck_se: The part that is due to the seeds.
        score: In points.
        macro_f1: Of the split that is scored, as are the next two; 0..1.
        accuracy: Likewise.
        recall: Likewise, of each class, indexed by class id.
        decisions: After each run, whether another one followed and why; empty at a student's.
        borderline: Whether all runs were made and the score is still open.
        criteria: Of the metric of each criterion that has one, by its id.
    """

    score_se: float
    holdout_se: float
    luck_se: float
    score: Interval
    macro_f1: Interval
    accuracy: Interval
    recall: tuple[Interval, ...]
    decisions: tuple[str, ...]
    borderline: bool
    criteria: Mapping[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Everything grading learned about one submission, before it is written down.

    ``verdict`` is GRADED only if ``score`` holds a full assessment. The reasons of any other
    verdict are in ``findings`` (to the student) and ``note`` (to staff). ``score`` and the metrics
    of the split that is scored are means over ``runs``; whatever else is about one training is
    about the first. ``sealed_log`` was printed in reach of the holdout's images: it is for staff.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    note: str = ""
    score: Score | None = None
    holdout: Metrics | None = None
    validation: Metrics | None = None
    layers: tuple[Layer, ...] = ()
    parameters: int | None = None
    plan: TrainingPlan | None = None
    cost: Cost | None = None
    priced_by: Literal["grader", "job"] | None = None
    unportable: tuple[str, ...] = ()
    history: tuple[Epoch, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    augmentation: Examined | None = None
    evidence: Evidence = field(default_factory=Evidence)
    weights_sha256: str | None = None
    predictions_sha256: str | None = None
    replay: Replay | None = None
    runs: tuple[TrainingRun, ...] = ()
    failed_run: FailedRun | None = None
    uncertainty: Uncertainty | None = None
    resources: ResourceUse = field(default_factory=ResourceUse)
    log: bytes = b""
    sealed_log: bytes = b""
