"""How many steps a plan gets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.budget import AskedPlan, decide_steps, read_plan
from autograder.cost import TrainingCost
from autograder.models import Finding, TrainingPlan


def asked(epochs: int, batch_size: int, images: int = 1000) -> AskedPlan:
    found = read_plan({"epochs": epochs, "batch_size": batch_size}, images)
    assert isinstance(found, AskedPlan), found
    return found


def decided(plan: AskedPlan, budget_s: float, step_s: float = 0.1) -> TrainingPlan:
    """Return the steps of a plan whose looks at the validation images cost a second each."""
    found = decide_steps(plan, TrainingCost(step_s, 1.0, plan.steps_per_epoch), budget_s)
    assert isinstance(found, TrainingPlan), found
    return found


def test_a_plan_within_the_budget_is_kept() -> None:
    plan = decided(asked(5, 50), budget_s=15.5)
    assert (plan.steps, plan.steps_per_epoch, plan.cut_short) == (100, 20, False)
    assert plan.asked_s == plan.used_s == pytest.approx(15)
    assert plan.budget_steps == 100  # what is left pays for no further look


def test_the_budget_cuts_a_longer_plan_even_within_an_epoch() -> None:
    plan = decided(asked(100, 100), budget_s=5.45)
    assert plan.steps_per_epoch == 10
    assert plan.steps == plan.budget_steps == 24  # two epochs, a look, and four steps
    assert plan.cut_short
    assert [plan.asked_s, plan.used_s] == pytest.approx([200, 5.4])


def test_an_incomplete_batch_is_left_out_of_an_epoch() -> None:
    assert decided(asked(1, 64), budget_s=100).steps == 15


@given(
    epochs=st.integers(1, 200), batch_size=st.integers(1, 1000), budget_s=st.floats(2, 1000),
    step_s=st.floats(1e-4, 1),
)  # fmt: skip
def test_no_plan_costs_more_than_the_budget(
    epochs: int, batch_size: int, budget_s: float, step_s: float
) -> None:
    plan = decided(asked(epochs, batch_size), budget_s, step_s)
    assert plan.used_s <= budget_s * (1 + 1e-6)
    assert 1 <= plan.steps <= epochs * plan.steps_per_epoch


def test_a_step_that_nobody_can_pay_for_is_refused() -> None:
    found = decide_steps(asked(1, 100), TrainingCost(30.0, 1.0, 10), 20)
    assert isinstance(found, Finding)
    assert found.rule == "too-expensive"
    assert "31.0" in found.message
    assert "20" in found.message


@pytest.mark.parametrize(
    ("plan", "named"),
    [
        ({}, "epochs"),
        ({"epochs": 5}, "batch_size"),
        ({"epochs": 0, "batch_size": 8}, "epochs"),
        ({"epochs": 2.0, "batch_size": 8}, "epochs"),
        ({"epochs": True, "batch_size": 8}, "epochs"),
        ({"epochs": "5", "batch_size": 8}, "epochs"),
        ({"epochs": 5, "batch_size": 1001}, "batch_size"),
        ({"epochs": 5, "batch_size": -1}, "batch_size"),
        ({"epochs": 10**9, "batch_size": 8}, "epochs"),
        ({"epochs": 5, "batch_size": 8, "patience": 3}, "patience"),
    ],
)
def test_an_impossible_plan_names_the_key(plan: dict[str, Any], named: str) -> None:
    finding = read_plan(plan, 1000)
    assert isinstance(finding, Finding)
    assert finding.rule == "training-plan"
    assert named in finding.message
