"""The rubric, applied: pure arithmetic over facts that the grader measured itself.

Points are exact in a `Score`. Whatever is shown or uploaded is in hundredths of a point: each
criterion is rounded with `hundredths`, and a total is the sum of its rounded parts, so that the
numbers on a page always add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from statistics import fmean
from typing import assert_never

from autograder.errors import InternalError, UserError
from autograder.measures import CriterionResult, Metrics, Robustness, Score
from autograder.models import Finding
from autograder.probing.facts import Examined
from autograder.roadsigns.classes import FAMILIES
from autograder.rubric import (
    AugmentationCriterion,
    CheckCriterion,
    Criterion,
    MetricCriterion,
    RuleCriterion,
    ScaledCriterion,
    ThresholdCriterion,
)

_WEAKEST_SHOWN = 3


@dataclass(frozen=True)
class CheckResult:
    """What an instructor's check had to say.

    Attributes:
        passed: True, False, or None if it could not say: it crashed, or it could not be run. That
            is our fault, so the report is flagged ``check-error`` for a person to look at.
        message: If it failed, why, to the student; if it could not say, why, to staff (it never
            reaches the student).
    """

    passed: bool | None
    message: str = ""


@dataclass(frozen=True)
class Facts:
    """All that a score depends on.

    Attributes:
        holdout: Measured on the holdout; None only where the rubric asks for no metric.
        broken_rules: Findings about rules that cost points, by rule id.
        checks: Results of the instructor's checks, keyed as in grading.yaml (``file.py::test``).
        class_names: Indexed by class id.
        augmentation: What it does; None if that is not known.
    """

    holdout: Metrics | None = None
    broken_rules: Mapping[str, Finding] = field(default_factory=dict)
    checks: Mapping[str, CheckResult] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    augmentation: Examined | None = None


def score(rubric: Sequence[Criterion], facts: Facts) -> Score:
    """Apply a rubric.

    A check that could not say gives 0 points and ``passed=None``: the points are not lost, a
    person has to decide about them.

    Raises:
        UserError: A criterion asks for a class that the data set does not have.
        InternalError: A fact that the rubric needs was not gathered.
    """
    return Score(tuple(_judge(criterion, facts) for criterion in rubric))


def hundredths(points: float) -> float:
    """Return points as they are shown: rounded to two decimals, ties to the even digit."""
    return round(points, 2)


def _judge(criterion: Criterion, facts: Facts) -> CriterionResult:
    match criterion:
        case ScaledCriterion():
            return _scaled(criterion, facts)
        case ThresholdCriterion():
            return _threshold(criterion, facts)
        case RuleCriterion():
            return _rules(criterion, facts)
        case AugmentationCriterion():
            return _augmentation(criterion, facts)
        case CheckCriterion():
            return _check(criterion, facts)
        case _:
            assert_never(criterion)


def _scaled(criterion: ScaledCriterion, facts: Facts) -> CriterionResult:
    zero, full = criterion.zero_at, criterion.full_at
    places = _places(zero, full)
    share = min(1.0, max(0.0, (_value(criterion, facts) - zero) / (full - zero)))
    passed = None if 0.0 < share < 1.0 else share == 1.0
    limits = f"0 points at {_decimals(zero, places)}, all at {_decimals(full, places)}"
    reason = f"{_measured(criterion, facts, places)}: {limits}."
    return _metric_result(criterion, facts, share, passed, reason)


def _threshold(criterion: ThresholdCriterion, facts: Facts) -> CriterionResult:
    places = _places(criterion.at_least)
    passed = _value(criterion, facts) >= criterion.at_least
    needed = f"at least {_decimals(criterion.at_least, places)} {'was' if passed else 'is'} needed"
    reason = f"{_measured(criterion, facts, places)}; {needed}."
    return _metric_result(criterion, facts, float(passed), passed, reason)


def _rules(criterion: RuleCriterion, facts: Facts) -> CriterionResult:
    broken = [facts.broken_rules[rule] for rule in criterion.rules if rule in facts.broken_rules]
    if broken:
        reason = " ".join(f"{finding} {finding.hint}".strip() for finding in broken)
    else:
        reason = f"Kept: {', '.join(criterion.rules)}."
    points = 0.0 if broken else criterion.points
    return CriterionResult(
        criterion.id, criterion.title, points, criterion.points, None, not broken, reason
    )


_BROKEN_PROMISES = {
    "label_safe": "it makes signs look like those of another class",
    "stochastic": "it does the same to every picture",
    "train_only": "it changes pictures at inference, too",
    "seeded": "it does something else under the same seed",
    "in_range": "values leave the range 0 to 255",
}


def _augmentation(criterion: AugmentationCriterion, facts: Facts) -> CriterionResult:
    asked, examined = criterion.augmentation.names, facts.augmentation
    if examined is None:
        broken = ["it could not be tried on a test card"]
    else:
        broken = [_BROKEN_PROMISES[name] for name in asked if not examined.keeps(name)]
    reason = (
        f"The augmentation is not as asked for: {'; '.join(broken)}."
        if broken
        else f"The augmentation is as asked for: {', '.join(asked).replace('_', ' ')}."
    )
    if examined and "label_safe" in asked and examined.confusions:
        one = examined.confusions[0]
        names = (facts.class_names[class_id] for class_id in (one.class_id, one.becomes))
        reason += ' "{}" becomes "{}": {}.'.format(*names, one.operation)
    points = 0.0 if broken else criterion.points
    return CriterionResult(
        criterion.id, criterion.title, points, criterion.points, None, not broken, reason
    )


def _check(criterion: CheckCriterion, facts: Facts) -> CriterionResult:
    result = facts.checks.get(criterion.check)
    if result is None:
        raise InternalError(f"criterion {criterion.id}: {criterion.check} was not run")
    if result.passed is None:
        reason = "This check could not be run. That is not your fault: a person will look at it."
    elif result.passed:
        reason = "The check passed."
    else:
        reason = result.message or "The check failed."
    points = criterion.points if result.passed else 0.0
    return CriterionResult(
        criterion.id, criterion.title, points, criterion.points, None, result.passed, reason
    )


def _metric_result(
    criterion: MetricCriterion, facts: Facts, share: float, passed: bool | None, reason: str
) -> CriterionResult:
    return CriterionResult(
        id=criterion.id,
        title=criterion.title,
        points=share * criterion.points,
        max_points=criterion.points,
        value=_value(criterion, facts),
        passed=passed,
        reason=reason if share == 1.0 else f"{reason} {_look_at(criterion, facts)}".strip(),
    )


def _value(criterion: MetricCriterion, facts: Facts) -> float:
    metrics = _holdout(criterion, facts)
    match criterion.metric:
        case "macro_f1":
            return metrics.macro_f1
        case "accuracy":
            return metrics.accuracy
        case "recall" | "family_recall":
            chosen = classes_of(criterion)
            if max(chosen) >= len(metrics.recall):
                raise UserError(
                    f"rubric criterion {criterion.id}: there is no class {max(chosen)}; "
                    f"the data set has classes 0 to {len(metrics.recall) - 1}"
                )
            return fmean(metrics.recall[class_id] for class_id in chosen)
        case "robust_macro_f1":
            return _robustness(criterion, metrics).macro_f1
        case _:
            assert_never(criterion.metric)


def classes_of(criterion: MetricCriterion) -> tuple[int, ...]:
    """Return the classes that a criterion is about; none for one that is about all."""
    if criterion.class_id is not None:
        return (criterion.class_id,)
    return FAMILIES[criterion.family] if criterion.family else criterion.class_ids


def _robustness(criterion: MetricCriterion, metrics: Metrics) -> Robustness:
    if metrics.robustness is None:
        raise InternalError(f"criterion {criterion.id}: no corrupted images were predicted")
    return metrics.robustness


def _holdout(criterion: MetricCriterion, facts: Facts) -> Metrics:
    if facts.holdout is None:
        raise InternalError(f"criterion {criterion.id}: nothing was measured on the holdout")
    return facts.holdout


def _measured(criterion: MetricCriterion, facts: Facts, places: int) -> str:
    """Return, for example, ``macro-F1 is 0.851``."""
    value = _decimals(_value(criterion, facts), places)
    if criterion.family:
        return f"Recall of {criterion.family} signs is {value} on average"
    if criterion.class_ids:
        chosen = _listed([_sign(class_id, facts) for class_id in criterion.class_ids])
        return f"Recall of {chosen} is {value} on average"
    if criterion.class_id is not None:
        return f"Recall of {_sign(criterion.class_id, facts)} is {value}"
    if criterion.metric == "robust_macro_f1":
        clean = _robustness(criterion, _holdout(criterion, facts)).clean_macro_f1
        return f"macro-F1 on corrupted images is {value} (before corruption {clean:.3f})"
    return f"{'Accuracy' if criterion.metric == 'accuracy' else 'macro-F1'} is {value}"


def _look_at(criterion: MetricCriterion, facts: Facts) -> str:
    """Return where the missing points are to be found."""
    if criterion.metric == "robust_macro_f1":
        return _weakest_corruptions(_robustness(criterion, _holdout(criterion, facts)))
    recall = _holdout(criterion, facts).recall
    if criterion.class_id is not None:
        missed = 1 - recall[criterion.class_id]
        return (
            f"{missed:.0%} of these images were taken for something else: look at the ones in the "
            "validation split that your model gets wrong, and what it takes them for."
        )
    chosen = classes_of(criterion) or range(len(recall))
    weakest = sorted((recall[class_id], class_id) for class_id in chosen if recall[class_id] < 1)
    shown = [
        f"{_sign(class_id, facts)} (recall {_decimals(value, 2)})"
        for value, class_id in weakest[:_WEAKEST_SHOWN]
    ]
    if len(shown) <= 1:
        return f"The class hurt most is {shown[0]}." if shown else ""
    return f"The classes hurt most are {_listed(shown)}."


def _weakest_corruptions(robustness: Robustness) -> str:
    weakest = sorted((value, name) for name, value in robustness.by_corruption.items())
    shown = [
        f"{name.replace('_', ' ')} (macro-F1 {_decimals(value, 2)})"
        for value, name in weakest[:_WEAKEST_SHOWN]
    ]
    return (
        f"What hurts most: {_listed(shown)}. Have your augmentation show the network something of "
        "the kind."
    )


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _sign(class_id: int, facts: Facts) -> str:
    if class_id < len(facts.class_names):
        return f"{class_id} {facts.class_names[class_id]}"
    return f"class {class_id}"


def _places(*limits: float) -> int:
    """Return how many decimals show every limit in full; three at least."""
    return max(3, *(len(repr(limit).partition(".")[2]) for limit in limits))


def _decimals(value: float, places: int) -> str:
    """Cut, never round up: a value just short of a limit must not be shown as reaching it."""
    return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_DOWN):f}"
