"""How many optimizer steps a training plan gets: decided before training, never by a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.cost import TrainingCost
from autograder.models import Finding, TrainingPlan

_MAX_EPOCHS = 10_000
_HINT = 'Return {"epochs": 15, "batch_size": 64}, with whole numbers.'


@dataclass(frozen=True)
class AskedPlan:
    """What a student's plan asks for.

    Attributes:
        epochs: How often every training image is to be seen.
        batch_size: Images a step.
        steps_per_epoch: Steps that see each training image once. The last, incomplete batch of an
            epoch is left out; every epoch shuffles anew, so no image is left out for good.
    """

    epochs: int
    batch_size: int
    steps_per_epoch: int


def read_plan(plan: Mapping[str, Any], train_images: int) -> AskedPlan | Finding:
    """Check what `training_plan()` returned.

    Args:
        plan: As returned by the student; nothing about it is taken for granted.
        train_images: Images of the training split.

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
    batch_size = numbers["batch_size"]
    return AskedPlan(numbers["epochs"], batch_size, train_images // batch_size)


def decide_steps(asked: AskedPlan, cost: TrainingCost, budget_s: float) -> TrainingPlan | Finding:
    """Return how many steps will be made: all that were asked for, or all that are paid for.

    Args:
        asked: The student's plan.
        cost: Of training with it.
        budget_s: Reference seconds that training may cost.

    Returns:
        The plan; or a finding ``too-expensive``, if not even one step is paid for.
    """
    budget_steps = cost.steps(budget_s)
    if budget_steps < 1:
        return Finding(
            "too-expensive",
            f"One step and one look at the validation images cost {cost.seconds(1):.1f} reference "
            f"seconds; {budget_s:g} are there for the whole training.",
            "Make the network narrower or the batch smaller: the layers on full-size images cost "
            "the most.",
        )
    asked_steps = asked.epochs * asked.steps_per_epoch
    steps = min(asked_steps, budget_steps)
    return TrainingPlan(
        epochs=asked.epochs,
        batch_size=asked.batch_size,
        steps_per_epoch=asked.steps_per_epoch,
        steps=steps,
        budget_steps=budget_steps,
        asked_s=cost.seconds(asked_steps),
        used_s=cost.seconds(steps),
        validation_s=cost.validation_s,
    )


def _finding(problem: str) -> Finding:
    return Finding("training-plan", f"training_plan() {problem}.", _HINT)
