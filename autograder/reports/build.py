"""From what grading learned to the report that says so."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import get_args

from autograder.config import BudgetConfig, Config, LateConfig
from autograder.errors import InternalError
from autograder.late import grade, penalty
from autograder.measures import Metrics
from autograder.models import Finding, Layer, Submission, TrainingPlan, Verdict
from autograder.names import printable
from autograder.outcome import Outcome
from autograder.reports.augmentation_part import augmentation_part
from autograder.reports.report import (
    FORMAT_VERSION,
    DatasetPart,
    Environment,
    Flag,
    Isolation,
    Report,
    TimingsPart,
)
from autograder.reports.result_parts import (
    BothMetricsPart,
    CriterionPart,
    FindingPart,
    LatePart,
    MetricsPart,
    PersonPart,
    PlacePart,
    SubmissionPart,
)
from autograder.reports.runs_part import holdout_part, interval_part, runs_part
from autograder.reports.training_parts import (
    BudgetPart,
    CostPart,
    DiagnosisPart,
    EpochPart,
    LayerPart,
    ModelPart,
    PlanPart,
    ReplayPart,
    SecondsPart,
    SeedsPart,
    UsePart,
)
from autograder.rubric import CheckCriterion, MetricCriterion
from autograder.scoring import hundredths

# A training that was stopped for its time may have completed some quarters of its plan.
_MAY_HAVE_SCORE = {Verdict.GRADED: (True,), Verdict.TIME_LIMIT: (True, False)}


@dataclass(frozen=True)
class ReportContext:
    """What a report says beyond the submission and its outcome.

    Attributes:
        config: The rules, with rubric, budget and late policy.
        class_names: Indexed by class id.
        environment: Versions and machine of the training.
        dataset_fingerprint: Of the public images.
        holdout_sha256: Of the holdout.
        holdout_is_default_seed: Whether anyone could build the same holdout.
        isolation: How well the job was confined.
        cache_key: From `autograder.store.cache_key`.
        started_at: When grading began, with a time zone.
        graded_at: When it ended, with a time zone.
        checks_sha256: Of the instructor's check files.
        flags: Any that the report could not know of by itself.
    """

    config: Config
    class_names: tuple[str, ...]
    environment: Environment
    dataset_fingerprint: str
    holdout_sha256: str
    holdout_is_default_seed: bool
    isolation: Isolation
    cache_key: str
    started_at: datetime
    graded_at: datetime
    checks_sha256: str = ""
    flags: tuple[Flag, ...] = ()


def build_report(submission: Submission, outcome: Outcome, context: ReportContext) -> Report:
    """Write down the grading of one submission.

    Points are in hundredths: see `autograder.scoring`.

    Raises:
        InternalError: The outcome contradicts itself, or a time has no zone.
    """
    config = context.config
    allowed = _MAY_HAVE_SCORE.get(outcome.verdict, (False,))
    if (outcome.score is not None) not in allowed:
        raise InternalError(f"verdict {outcome.verdict} and score {outcome.score} contradict")
    criteria = _criteria(outcome, config)
    max_score = _total(hundredths(criterion.points) for criterion in config.rubric)
    score = _score(outcome.verdict, criteria)
    late = _late(config.late, submission)
    return Report(
        version=FORMAT_VERSION,
        assignment=config.assignment.name,
        rules_sha256=config.digest,
        checks_sha256=context.checks_sha256,
        submission=_submission(submission),
        verdict=outcome.verdict,
        findings=tuple(_finding(finding) for finding in outcome.findings),
        score=score,
        max_score=max_score,
        percent=None if score is None else hundredths(100 * score / max_score),
        late=late,
        grade=_grade(score, late),
        criteria=criteria,
        metrics=BothMetricsPart(
            holdout=holdout_part(outcome), validation=_validation(outcome.validation)
        ),
        history=tuple(EpochPart(**asdict(epoch)) for epoch in outcome.history),
        diagnoses=tuple(DiagnosisPart(**asdict(diagnosis)) for diagnosis in outcome.diagnoses),
        augmentation=augmentation_part(outcome.augmentation),
        model=ModelPart(
            parameters=outcome.parameters, layers=tuple(_layer(layer) for layer in outcome.layers)
        ),
        plan=_plan(outcome.plan),
        cost=_cost(outcome),
        unportable=outcome.unportable,
        weights_sha256=outcome.weights_sha256,
        predictions_sha256=outcome.predictions_sha256,
        replay=ReplayPart(**asdict(outcome.replay)) if outcome.replay else None,
        runs=runs_part(outcome),
        seeds=SeedsPart(**config.seeds.model_dump()),
        budget=_budget(submission, outcome, config.budget),
        dataset=_dataset(context),
        environment=context.environment,
        isolation=context.isolation,
        flags=_flags(outcome, late, context),
        note=outcome.note,
        cache_key=context.cache_key,
        timings=TimingsPart(
            started_at=context.started_at,
            graded_at=context.graded_at,
            **asdict(outcome.resources),
        ),
    )


def restate(report: Report, submission: Submission, config: Config) -> Report:
    """Return an earlier report of the same work with the roster and late policy of today.

    For cached reports: an extension or a corrected name needs no second training. The rules must
    be those of the report in everything but lateness.
    """
    today = _late(config.late, submission)
    flags = {*report.flags, "late"} if today.days else {*report.flags} - {"late"}
    return report.model_copy(
        update={
            "rules_sha256": config.digest,
            "submission": _submission(submission),
            "late": today,
            "grade": _grade(report.score, today),
            "flags": _in_order(flags),
        }
    )


def _score(verdict: Verdict, criteria: tuple[CriterionPart, ...]) -> float | None:
    if verdict is Verdict.INTERNAL_ERROR:
        return None
    return _total(criterion.points for criterion in criteria)


def _total(points: Iterable[float]) -> float:
    return hundredths(math.fsum(points))


def _grade(score: float | None, late: LatePart) -> float | None:
    return None if score is None else hundredths(grade(score, late.points))


def _late(policy: LateConfig | None, submission: Submission) -> LatePart:
    found = penalty(
        policy,
        submission.submitted_at,
        own_due=submission.due,
        marked_late=submission.marked_late,
    )
    return LatePart(points=hundredths(found.points), days=found.days, reason=found.reason)


def _flags(outcome: Outcome, late: LatePart, context: ReportContext) -> tuple[str, ...]:
    checks = {item.id for item in context.config.rubric if isinstance(item, CheckCriterion)}
    results = outcome.score.criteria if outcome.score else ()
    check_error = any(result.id in checks and result.passed is None for result in results)
    replays = [outcome.replay, *(run.replay for run in outcome.runs)]
    other_replay = any(replay.replayed is False for replay in replays if replay)
    internal_error = outcome.verdict is Verdict.INTERNAL_ERROR
    raised: dict[Flag, bool] = {
        "late": late.days > 0,
        "budget-cut": outcome.plan is not None and outcome.plan.cut_short,
        "unisolated": context.isolation == "none",
        "degraded-isolation": context.isolation == "degraded",
        "default-holdout": context.holdout_is_default_seed,
        "check-error": check_error,
        "replay-different": other_replay,
        "borderline": outcome.uncertainty is not None and outcome.uncertainty.borderline,
        "unstable": outcome.failed_run is not None,
        "one-cpu-model": bool(outcome.unportable) and context.environment.holds_everywhere,
        "needs-attention": check_error or other_replay or internal_error,
    }
    return _in_order({*context.flags, *(flag for flag, is_raised in raised.items() if is_raised)})


def _in_order(flags: Iterable[str]) -> tuple[str, ...]:
    known = get_args(Flag)
    return tuple(sorted(flags, key=lambda flag: known.index(flag) if flag in known else len(known)))


def _submission(submission: Submission) -> SubmissionPart:
    return SubmissionPart(
        id=submission.id,
        student_id=submission.student_id,
        name=submission.name,
        sha256=submission.sha256,
        origin=printable(submission.path.name),
        submitted_at=submission.submitted_at,
        students=tuple(PersonPart(**asdict(person)) for person in submission.students),
        due=submission.due,
        marked_late=submission.marked_late,
        attempts=submission.attempts,
    )


def _finding(finding: Finding) -> FindingPart:
    place = finding.location
    return FindingPart(
        rule=finding.rule,
        message=finding.message,
        hint=finding.hint,
        place=PlacePart(file=place.file, line=place.line, cell=place.cell) if place else None,
    )


def _criteria(outcome: Outcome, config: Config) -> tuple[CriterionPart, ...]:
    intervals = outcome.uncertainty.criteria if outcome.uncertainty else {}
    measured = {item.id: item for item in config.rubric if isinstance(item, MetricCriterion)}
    zeros = {id_: getattr(item, "zero_at", item.threshold) for id_, item in measured.items()}
    return tuple(
        CriterionPart(
            id=result.id,
            title=result.title,
            points=hundredths(result.points),
            max_points=hundredths(result.max_points),
            value=result.value,
            passed=result.passed,
            reason=result.reason,
            interval=interval_part(intervals.get(result.id)),
            zero_at=zeros.get(result.id),
            full_at=measured[result.id].threshold if result.id in measured else None,
        )
        for result in (outcome.score.criteria if outcome.score else ())
    )


def _validation(metrics: Metrics | None) -> MetricsPart | None:
    return None if metrics is None else MetricsPart(**asdict(metrics))


def _layer(layer: Layer) -> LayerPart:
    return LayerPart(
        name=layer.name,
        kind=layer.kind,
        output_shape=layer.output_shape,
        parameters=sum(math.prod(shape) for shape in layer.weight_shapes),
    )


def _plan(plan: TrainingPlan | None) -> PlanPart | None:
    return None if plan is None else PlanPart(**asdict(plan), cut_short=plan.cut_short)


def _cost(outcome: Outcome) -> CostPart | None:
    cost = outcome.cost
    return None if cost is None else CostPart(**asdict(cost), priced_by=outcome.priced_by)


def _budget(submission: Submission, outcome: Outcome, budget: BudgetConfig) -> BudgetPart:
    used_s = outcome.plan.used_s if outcome.plan else None
    source = sum(len(file.text.encode("utf-8", "surrogatepass")) for file in submission.files)
    return BudgetPart(
        training_s=SecondsPart(allowed=budget.training_s, used=used_s),
        parameters=UsePart(allowed=budget.parameters, used=outcome.parameters),
        source_bytes=UsePart(allowed=budget.source_kib * 1024, used=source),
    )


def _dataset(context: ReportContext) -> DatasetPart:
    return DatasetPart(
        kind=context.config.dataset.kind,
        fingerprint=context.dataset_fingerprint,
        holdout_sha256=context.holdout_sha256,
        holdout_is_default_seed=context.holdout_is_default_seed,
        class_names=context.class_names,
    )
