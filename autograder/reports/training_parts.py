"""The parts of a report that say how a submission was trained: network, plan, price, curves."""

from __future__ import annotations

from typing import Literal

from autograder.reports.fields import Number, Part, Reported, Share, Text


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


class OperationPart(Part):
    """One thing that the augmentation does, measured on pictures that went through it."""

    operation: Text
    """Such as turn, zoom or mirror left-right."""
    share: Share
    """Of the pictures in which it is to be seen."""
    low: Number
    """Least value over all pictures."""
    high: Number
    unit: Text
    """degrees, pixels, factor, levels (of 255), share (of the picture's pixels), or empty."""


class BorderPart(Part):
    """How the border is filled that turning or shifting lays open."""

    fill: Text
    """As numpy.pad names it: constant, edge, reflect, symmetric, wrap; or unclear, none."""
    colour: tuple[Number, Number, Number] | None
    """RGB of a constant fill, 0 to 255."""
    seen_in: int
    """Number of pictures that showed enough of it."""


class ConfusionPart(Part):
    """An operation that makes one class look like another."""

    operation: Text
    amount_deg: Number
    """How far it turns; 0 for mirroring."""
    class_id: int
    """Of the sign before."""
    becomes: int
    """The class that it looks like after."""
    alike: Number
    """Correlation with that class, 0 to 1."""


class AugmentationPart(Part):
    """What the augmentation does, see docs/augmentation-probe.md; the same at every grading."""

    operations: tuple[OperationPart, ...]
    border: BorderPart
    stochastic: bool
    """Whether pictures of one batch come out different."""
    train_only: bool
    """Whether it leaves pictures alone at inference."""
    seeded: bool
    """Whether the same seed gave the same pictures, to the bit."""
    in_range: bool
    """Whether values stay within 0 to 255."""
    values: tuple[Number, Number]
    """Least and greatest value that came out."""
    label_safe: bool | None
    """Whether no class becomes another; null where there are no drawings of the classes."""
    confusions: tuple[ConfusionPart, ...]
    pictures: int
    """How many were looked at."""
    recognised: int
    """In how many of them the test card was found again."""


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
