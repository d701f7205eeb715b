"""The parts of a report that say how a submission was trained: network, plan, price, curves."""

from __future__ import annotations

from typing import Literal

from autograder.reports.fields import Number, Part, Reported, Text


class EpochPart(Part):
    """One epoch, as the training reported it: shown, never scored; null where not finite."""

    epoch: int
    """Counted from 1."""
    step: int
    """Optimizer steps made so far."""
    loss: Reported
    """Mean training loss, with augmentation and dropout."""
    accuracy: Reported
    validation_loss: Reported
    validation_accuracy: Reported


class LayerPart(Part):
    """One layer of the model."""

    name: Text
    kind: Text
    output_shape: tuple[int | None, ...] | None
    """Without the batch axis; null where unknown."""
    parameters: int


class ModelPart(Part):
    """The network, as it was built before training."""

    parameters: int | None
    layers: tuple[LayerPart, ...]


class PlanPart(Part):
    """What the student asked for, and what the budget made of it before training."""

    epochs: int
    batch_size: int
    steps_per_epoch: int
    steps: int
    """Optimizer steps of the training."""
    budget_steps: int
    """Steps that the budget pays for."""
    asked_s: Number = 0.0
    """Reference seconds that the whole plan would cost."""
    used_s: Number = 0.0
    """Reference seconds of the steps that the training makes."""
    validation_s: Number = 0.0
    """Reference seconds of one look at the validation images."""
    cut_short: bool
    """Whether the budget ended training before the plan did."""


class UsePart(Part):
    """One thing that the rules budget: what was allowed, what was used."""

    allowed: int
    used: int | None
    """null if grading ended before that was known."""


class SecondsPart(Part):
    """The same in reference seconds: see docs/reference-seconds.md."""

    allowed: Number
    used: Number | None


class BudgetPart(Part):
    """What a submission may use, and did."""

    training_s: SecondsPart
    """What the training cost; decided before it began."""
    parameters: UsePart
    source_bytes: UsePart


class LayerCostPart(Part):
    """What a layer, or a part of the step outside of the model, costs each step."""

    part: Text
    """model, augmentation, loss, optimizer or harness."""
    layer: Text
    """Name of the layer; empty for what belongs to none."""
    forward_flops: Number
    backward_flops: Number
    ms: Number
    """Reference milliseconds of both."""


class CostPart(Part):
    """What a training step costs, by the cost model of docs/reference-seconds.md."""

    batch_size: int
    layers: tuple[LayerCostPart, ...]
    overhead_ms: Number
    """Reference milliseconds for starting a step at all."""
    unknown_ops: tuple[Text, ...]
    """TensorFlow's names of ops without a known rate; a fallback priced them."""
    priced_by: Literal["grader", "job"] | None
    """grader: traced without the student's code; job: by the job that ran it."""


class DiagnosisPart(Part):
    """Something worth knowing about the training; nothing is scored by it."""

    id: Text
    kind: Literal["mistake", "advice", "information"]
    message: Text
    """What was seen, to the student."""
    hint: Text
    """What to try next, to the student."""


class ReplayPart(Part):
    """Whether a clean job, without the student's code, came to the same predictions."""

    replayed: bool | Literal["not possible"]
    """true: equal to the bit. not possible: the model is not made of stock Keras parts alone."""
    reason: Text
    """To staff."""


class SeedsPart(Part):
    """Seeds of everything random in the training, and the rule for further ones."""

    training: int
    """Of the first run."""
    min_runs: int = 1
    max_runs: int = 1
    max_score_se: Number | None = None
    """In points: above it another run follows; null in reports of before there were several."""
    pass_mark: Number | None = None
    """In points: another run follows while the score's interval holds it."""
