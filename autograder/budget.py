"""How many optimizer steps a training plan gets: decided before training, never by a clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.config import BudgetConfig
from autograder.models import Finding, TrainingPlan

_MAX_EPOCHS = 10_000
_HINT = 'Return {"epochs": 15, "batch_size": 64}, with whole numbers.'


def plan_training(
    plan: Mapping[str, Any], train_images: int, budget: BudgetConfig
) -> TrainingPlan | Finding:
    """Turn what `training_plan()` returned into a number of steps.

    The last, incomplete batch of an epoch is left out; every epoch shuffles anew, so no image is
    left out for good.

    Args:
        plan: As returned by the student; nothing about it is taken for granted.
        train_images: Images of the training split.
        budget: ``training_images`` is what all steps together may look at.

    Returns:
        The plan; or, if it is none, a finding ``training-plan``.
    """
    unknown = sorted(set(plan) - {"epochs", "batch_size"})
    if unknown:
        return _finding(f"does not know {', '.join(map(repr, unknown))}")
    numbers: dict[str, int] = {}
    for key, largest in (("epochs", _MAX_EPOCHS), ("batch_size", train_images)):
        value = plan.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= largest:
            got = "nothing" if value is None else repr(value)[:50]
            return _finding(f"needs {key} from 1 to {largest}, got {got}")
        numbers[key] = value
    epochs, batch_size = numbers["epochs"], numbers["batch_size"]
    steps_per_epoch = train_images // batch_size
    budget_steps = max(1, budget.training_images // batch_size)
    return TrainingPlan(
        epochs=epochs,
        batch_size=batch_size,
        steps_per_epoch=steps_per_epoch,
        steps=min(epochs * steps_per_epoch, budget_steps),
        budget_steps=budget_steps,
    )


def _finding(problem: str) -> Finding:
    return Finding("training-plan", f"training_plan() {problem}.", _HINT)
