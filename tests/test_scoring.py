from __future__ import annotations

import dataclasses
import math
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from autograder.errors import InternalError, UserError
from autograder.measures import CriterionResult, Metrics
from autograder.models import Finding
from autograder.probing.facts import Border, Confusion, Examined, Probe, ProbePictures
from autograder.roadsigns.classes import CLASSES, FAMILIES
from autograder.roadsigns.classes import Family as SignFamily
from autograder.rubric import Criterion, Family
from autograder.scoring import CheckResult, Facts, hundredths, score

SHARES = st.floats(0, 1)


def criterion(**keys: Any) -> Criterion:
    data = {"id": "it", "title": "It", "points": 80} | keys
    parsed: Criterion = TypeAdapter(Criterion).validate_python(data)
    return parsed


def scaled(metric: str = "macro_f1", zero_at: float = 0.79, full_at: float = 0.91) -> Criterion:
    return criterion(metric=metric, zero_at=zero_at, full_at=full_at)


def facts(
    macro_f1: float = 0.9, accuracy: float = 0.9, recall: tuple[float, ...] = (1.0, 0.5)
) -> Facts:
    names = ("Stop", "Yield", "Bumpy road", "Ice", "Snow")
    return Facts(Metrics(macro_f1, accuracy, recall, 100), class_names=names)


def judge(item: Criterion, given_facts: Facts) -> CriterionResult:
    [result] = score([item], given_facts).criteria
    return result


@pytest.mark.parametrize(
    ("value", "points", "passed"),
    [(0.0, 0, False), (0.79, 0, False), (0.85, 40, None), (0.91, 80, True), (1.0, 80, True)],
)
def test_scaled_points_are_linear_between_the_ends_and_clipped(
    value: float, points: float, passed: bool | None
) -> None:
    result = judge(scaled(), facts(macro_f1=value))
    assert result.points == pytest.approx(points)
    assert result.passed is passed
    assert result.value == value


@given(SHARES, SHARES, SHARES, SHARES)
def test_better_never_earns_less(one: float, other: float, zero_at: float, full_at: float) -> None:
    zero_at, full_at = sorted((zero_at, full_at))
    if zero_at == full_at:
        full_at, zero_at = 1.0, 0.0
    worse, better = sorted((one, other))
    item = scaled(zero_at=zero_at, full_at=full_at)
    low, high = (judge(item, facts(macro_f1=value)).points for value in (worse, better))
    assert 0 <= low <= high <= 80


@given(SHARES)
def test_ends_of_the_scale_are_exact(full_at: float) -> None:
    full_at = max(full_at, 0.01)
    item = scaled(zero_at=0, full_at=full_at)
    assert judge(item, facts(macro_f1=full_at)).points == 80


def test_threshold_is_met_by_its_own_value() -> None:
    item = criterion(metric="accuracy", at_least=0.85)
    assert judge(item, facts(accuracy=0.85)).points == 80
    missed = judge(item, facts(accuracy=math.nextafter(0.85, 0)))
    assert (missed.points, missed.passed) == (0, False)


def test_value_just_short_of_a_limit_is_not_shown_as_reaching_it() -> None:
    item = criterion(metric="accuracy", at_least=0.85)
    assert "Accuracy is 0.849; at least 0.850 is needed" in (
        judge(item, facts(accuracy=0.84999)).reason
    )


def test_limit_with_many_decimals_is_shown_in_full() -> None:
    item = criterion(metric="accuracy", at_least=0.8505)
    assert "0.8503; at least 0.8505" in judge(item, facts(accuracy=0.8503)).reason


def test_recall_is_that_of_its_class_and_names_the_sign() -> None:
    item = criterion(metric="recall", class_id=1, at_least=0.85)
    result = judge(item, facts(recall=(1.0, 0.5)))
    assert (result.value, result.points) == (0.5, 0)
    assert "Recall of 1 Yield is 0.500" in result.reason
    assert "50% of these images" in result.reason


def test_recall_of_a_class_that_does_not_exist_says_which_do() -> None:
    item = criterion(metric="recall", class_id=7, at_least=0.85)
    with pytest.raises(UserError, match="it: there is no class 7; the data set has classes 0 to 1"):
        judge(item, facts())


def test_recall_of_several_classes_is_their_mean_and_names_them() -> None:
    item = criterion(metric="recall", class_ids=[0, 1, 4], at_least=0.85)
    result = judge(item, facts(recall=(1.0, 0.5, 0.0, 0.0, 0.75)))
    assert (result.value, result.points) == (0.75, 0)
    assert result.reason == (
        "Recall of 0 Stop, 1 Yield and 4 Snow is 0.750 on average; at least 0.850 is needed. "
        "The classes hurt most are 1 Yield (recall 0.50) and 4 Snow (recall 0.75)."
    )


@pytest.mark.parametrize("family", get_args(Family))
def test_recall_of_a_family_is_the_mean_over_its_classes(family: str) -> None:
    of_family = [sign.family == family for sign in CLASSES]
    recall = tuple(0.6 if inside else 0.1 for inside in of_family)
    result = judge(criterion(metric="family_recall", family=family, at_least=0.5),
                   facts(recall=recall))  # fmt: skip
    assert result.value == pytest.approx(0.6)
    assert result.points == 80
    assert f"Recall of {family} signs is 0.6" in result.reason


def test_a_family_counts_every_class_of_it_alike_however_many_images_it_has() -> None:
    mandatory = FAMILIES["mandatory"]
    recall = tuple(float(class_id == mandatory[0]) for class_id in range(43))
    item = criterion(metric="family_recall", family="mandatory", at_least=0.5)
    assert judge(item, facts(recall=recall)).value == pytest.approx(1 / len(mandatory))


def test_every_class_is_of_one_family() -> None:
    assert sorted(class_id for ids in FAMILIES.values() for class_id in ids) == list(range(43))
    assert set(FAMILIES) == set(get_args(Family)) == set(get_args(SignFamily))


def test_robustness_that_was_not_measured_is_our_fault() -> None:
    with pytest.raises(InternalError, match="it: no corrupted images were predicted"):
        judge(scaled("robust_macro_f1"), facts())


def test_reason_names_the_three_weakest_classes() -> None:
    reason = judge(scaled(), facts(0.851, recall=(0.9, 0.41, 1.0, 0.6, 0.41))).reason
    assert reason == (
        "macro-F1 is 0.851: 0 points at 0.790, all at 0.910. The classes hurt most are "
        "1 Yield (recall 0.41), 4 Snow (recall 0.41) and 3 Ice (recall 0.60)."
    )


def test_reason_of_full_points_blames_no_class() -> None:
    assert "hurt" not in judge(scaled(), facts(0.95)).reason


def test_class_without_a_name_is_shown_by_its_number() -> None:
    nameless = Facts(Metrics(0.8, 0.8, (1.0, 0.5), 10))
    assert "The class hurt most is class 1 (recall 0.50)." in judge(scaled(), nameless).reason


def test_broken_rule_costs_the_points_and_says_what_to_do() -> None:
    item = criterion(rules=["parameter-limit", "convolution-layers"])
    finding = Finding("parameter-limit", "Too many parameters.", "Use fewer filters.")
    result = judge(item, Facts(broken_rules={"parameter-limit": finding}))
    assert (result.points, result.passed) == (0, False)
    assert result.reason == "Too many parameters. [parameter-limit] Use fewer filters."


def test_rule_broken_elsewhere_costs_nothing_here() -> None:
    item = criterion(rules=["parameter-limit"])
    result = judge(item, Facts(broken_rules={"signature": Finding("signature", "Wrong.")}))
    assert (result.points, result.passed) == (80, True)


CHECK = "checks.py::test_it"


@pytest.mark.parametrize(
    ("found", "points", "reason"),
    [
        (CheckResult(True), 80, "The check passed."),
        (CheckResult(False), 0, "The check failed."),
        (CheckResult(False, "Every image was the same."), 0, "Every image was the same."),
    ],
)
def test_check_passes_or_fails(found: CheckResult, points: float, reason: str) -> None:
    result = judge(criterion(check=CHECK), Facts(checks={CHECK: found}))
    assert (result.points, result.passed, result.reason) == (points, found.passed, reason)


def test_check_that_could_not_say_is_left_to_a_person() -> None:
    found = CheckResult(None, "NameError in the hidden check")
    result = judge(criterion(check=CHECK), Facts(checks={CHECK: found}))
    assert (result.points, result.passed) == (0, None)
    assert "not your fault" in result.reason
    assert "NameError" not in result.reason


@pytest.mark.parametrize("item", [criterion(check=CHECK), scaled()], ids=["check", "metric"])
def test_fact_that_was_not_gathered_is_our_fault(item: Criterion) -> None:
    with pytest.raises(InternalError, match="it: "):
        judge(item, Facts())


def test_score_keeps_the_order_of_the_rubric_and_adds_up() -> None:
    rubric = [
        criterion(id="a", points=10, metric="accuracy", at_least=0.5),
        criterion(id="b", points=20, metric="accuracy", at_least=0.95),
    ]
    found = score(rubric, facts(accuracy=0.9))
    assert [result.id for result in found.criteria] == ["a", "b"]
    assert (found.points, found.max_points) == (10, 30)


@pytest.mark.parametrize(("points", "shown"), [(0.125, 0.12), (0.375, 0.38), (9.996, 10.0)])
def test_hundredths_round_ties_to_even(points: float, shown: float) -> None:
    assert hundredths(points) == shown


def examined(*, turned: bool = False, **changes: bool) -> Examined:
    """Return what is known of an augmentation that is as it should be, but for ``changes``."""
    habits: dict[str, bool] = {"stochastic": True, "train_only": True, "seeded": True} | changes
    border = Border("none", None, 0)
    found = Probe((), border, values=(0.0, 255.0), pictures=9, recognised=9, **habits)
    becomes = (Confusion("mirror left-right", 0.0, 0, 1, 0.98),) if turned else ()
    nothing = np.zeros((1, 4, 4, 3), np.float32)
    pictures = ProbePictures(nothing, nothing, nothing, nothing[0].astype(np.uint8), nothing)
    return Examined(found, becomes, pictures)


ASKED = {"label_safe": True, "stochastic": True, "train_only": True}


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (examined(turned=True), '"Stop" becomes "Yield": mirror left-right'),
        (examined(stochastic=False), "it does the same to every picture"),
        (examined(train_only=False), "it changes pictures at inference, too"),
        (None, "it could not be tried on a test card"),
    ],
)
def test_an_augmentation_that_is_not_as_asked_for_has_no_points(
    known: Examined | None, why: str
) -> None:
    of_all = dataclasses.replace(facts(), augmentation=known)
    result = judge(criterion(augmentation=ASKED), of_all)
    assert (result.points, result.passed) == (0, False)
    assert why in result.reason


def test_an_augmentation_is_judged_by_what_is_asked_for_alone() -> None:
    mirrored = dataclasses.replace(facts(), augmentation=examined(turned=True))
    assert judge(criterion(augmentation=ASKED), mirrored).points == 0
    assert judge(criterion(augmentation={"stochastic": True}), mirrored).points == 80
    safe = dataclasses.replace(facts(), augmentation=examined(seeded=False))
    assert judge(criterion(augmentation=ASKED), safe).points == 80


def test_a_criterion_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="asks for nothing"):
        criterion(augmentation={"stochastic": False})
