"""What points are given for: the criteria of `grading.yaml`, and the rules that they name."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

StaticRule = Literal[
    "syntax",
    "source-size",
    "required-functions",
    "signature",
    "not-implemented",
    "forbidden-import",
    "forbidden-call",
    "no-downloads",
    "no-file-access",
    "no-environment-access",
    "no-large-literals",
]
ModelRule = Literal[
    "output-shape",
    "finite-output",
    "parameter-limit",
    "convolution-layers",
    "trainable",
    "untrained-at-chance",
    "augmentation-shape",
    "training-plan",
    "too-expensive",
]
RuleId = Literal[StaticRule, ModelRule]
# Without these nothing could be trained or scored at all, so no config can switch them off.
ESSENTIAL_RULES: frozenset[RuleId] = frozenset(
    {
        "syntax",
        "required-functions",
        "output-shape",
        "finite-output",
        "augmentation-shape",
        "training-plan",
        "too-expensive",
    }
)
Family = Literal["prohibitory", "warning", "mandatory", "other"]
# Far above any use, and sums stay exact to the hundredth.
MOST_POINTS = 1_000_000


class Section(BaseModel):
    """A part of grading.yaml: immutable, and no key goes unnoticed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class _Criterion(Section):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    points: float = Field(ge=0.01, le=MOST_POINTS, allow_inf_nan=False)


MetricKey = tuple[str, int | tuple[int, ...] | str | None]
"""A metric, and of what: a class id, several, a family; None for all classes."""


class MetricCriterion(_Criterion):
    """Common to criteria about a metric on the holdout."""

    threshold_key: ClassVar[str]
    metric: Literal["macro_f1", "accuracy", "recall", "family_recall", "robust_macro_f1"]
    class_id: int | None = Field(default=None, ge=0)
    """For recall: of which class."""
    class_ids: tuple[Annotated[int, Field(ge=0)], ...] = ()
    """For recall instead: of which classes; the mean of theirs."""
    family: Family | None = None
    """For family_recall: of which signs; the mean of their classes' recall."""

    @model_validator(mode="after")
    def _recall_has_a_class(self) -> MetricCriterion:
        named = (self.class_id is not None) + bool(self.class_ids)
        if named and self.metric != "recall":
            raise ValueError("class_id goes with metric recall, and with no other; so do class_ids")
        if self.metric == "recall" and named != 1:
            raise ValueError("metric recall needs either class_id or class_ids")
        if len(set(self.class_ids)) < len(self.class_ids):
            raise ValueError("class_ids names a class twice")
        if (self.metric == "family_recall") != (self.family is not None):
            raise ValueError("family goes with metric family_recall, and with no other")
        return self

    @property
    def key(self) -> MetricKey:
        """What names the metric: which it is, and of what."""
        return self.metric, self.family or self.class_ids or self.class_id

    @property
    def threshold(self) -> float:
        """The value from which on all points are given."""
        return float(getattr(self, self.threshold_key))


class ScaledCriterion(MetricCriterion):
    """A metric, scaled linearly from no points at `zero_at` to all points at `full_at`."""

    threshold_key: ClassVar[str] = "full_at"
    zero_at: float = Field(ge=0, le=1)
    full_at: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _ends_in_order(self) -> ScaledCriterion:
        if self.zero_at >= self.full_at:
            raise ValueError("zero_at must be below full_at")
        return self


class ThresholdCriterion(MetricCriterion):
    """All points if the metric is at least so much, else none."""

    threshold_key: ClassVar[str] = "at_least"
    at_least: float = Field(ge=0, le=1)


class RuleCriterion(_Criterion):
    """All points if none of these rules is broken, else none.

    A rule named here costs these points instead of rejecting the submission.
    """

    rules: tuple[RuleId, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _essential_rules_reject(self) -> RuleCriterion:
        essential = sorted(ESSENTIAL_RULES & set(self.rules))
        if essential:
            raise ValueError(f"always reject, so cannot be worth points: {', '.join(essential)}")
        return self


class AugmentationAsked(Section):
    """What the augmentation has to be like; `false` does not ask for it, nor for its opposite."""

    label_safe: bool = False
    """It makes no sign look like one of another class."""
    stochastic: bool = False
    """It changes pictures, each in another way."""
    train_only: bool = False
    """It leaves pictures alone at inference."""
    seeded: bool = False
    """It does the same under the same seed."""
    in_range: bool = False
    """It keeps values within 0 to 255."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> AugmentationAsked:
        if not self.names:
            raise ValueError("asks for nothing: set one of its keys to true")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The keys that are asked for."""
        return tuple(name for name in type(self).model_fields if getattr(self, name))


class AugmentationCriterion(_Criterion):
    """All points if the augmentation, measured, is as asked for, else none."""

    augmentation: AugmentationAsked


class CheckCriterion(_Criterion):
    """All points if an instructor's pytest check passes, else none."""

    check: str = Field(pattern=r"^[^:]+\.py::[A-Za-z_][A-Za-z0-9_]*$")
    """`file.py::test_name`; the file is relative to grading.yaml."""


_KINDS = (
    ("check", "check"),
    ("rules", "rules"),
    ("augmentation", "augmentation"),
    ("at_least", "threshold"),
)


def _kind_of_criterion(value: Any) -> str:
    # pydantic asks with the parsed YAML when reading, with the model when writing.
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", ())
    for key, kind in _KINDS:
        if key in keys:
            return kind
    return "scaled"


Criterion = Annotated[
    Annotated[ScaledCriterion, Tag("scaled")]
    | Annotated[ThresholdCriterion, Tag("threshold")]
    | Annotated[RuleCriterion, Tag("rules")]
    | Annotated[AugmentationCriterion, Tag("augmentation")]
    | Annotated[CheckCriterion, Tag("check")],
    Discriminator(_kind_of_criterion),
]
