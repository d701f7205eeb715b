"""How many steps a plan gets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.budget import plan_training
from autograder.config import BudgetConfig
from autograder.models import Finding, TrainingPlan

BUDGET = BudgetConfig(training_images=8000)


def planned(plan: dict[str, Any], images: int = 1000) -> TrainingPlan:
    found = plan_training(plan, images, BUDGET)
    assert isinstance(found, TrainingPlan), found
    return found


def test_a_plan_within_the_budget_is_kept() -> None:
    plan = planned({"epochs": 5, "batch_size": 50})
    assert (plan.steps, plan.steps_per_epoch, plan.cut_short) == (100, 20, False)


def test_the_budget_cuts_a_longer_plan_even_within_an_epoch() -> None:
    plan = planned({"epochs": 100, "batch_size": 300})
    assert plan.steps_per_epoch == 3
    assert plan.steps == plan.budget_steps == 26  # 8,000 images pay for no 27th step of 300
    assert plan.cut_short


def test_an_incomplete_batch_is_left_out_of_an_epoch() -> None:
    assert planned({"epochs": 1, "batch_size": 64}).steps == 15


@given(epochs=st.integers(1, 200), batch_size=st.integers(1, 1000), budget=st.integers(1, 100_000))
def test_no_plan_looks_at_more_images_than_the_budget_has(
    epochs: int, batch_size: int, budget: int
) -> None:
    plan = plan_training(
        {"epochs": epochs, "batch_size": batch_size}, 1000, BudgetConfig(training_images=budget)
    )
    assert isinstance(plan, TrainingPlan)
    assert plan.steps == 1 or plan.steps * batch_size <= budget
    assert 1 <= plan.steps <= epochs * plan.steps_per_epoch


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
    finding = plan_training(plan, 1000, BUDGET)
    assert isinstance(finding, Finding)
    assert finding.rule == "training-plan"
    assert named in finding.message
