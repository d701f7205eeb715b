"""The rules of an assignment, as they stand in `grading.yaml` (read by config_file.py).

Unknown keys, wrong types and contradictions are errors.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, PositiveInt, model_validator

from autograder.rubric import (
    ESSENTIAL_RULES,
    MOST_POINTS,
    AugmentationCriterion,
    Criterion,
    MetricCriterion,
    RuleId,
    Section,
)

CorruptionName = Literal[
    "noise",
    "defocus_blur",
    "motion_blur",
    "fog",
    "snow",
    "brightness",
    "contrast",
    "jpeg",
    "pixelate",
    "rotation",
    "translation",
    "occlusion",
]
_MOST_GRACE = 60 * 24 * 366
_MOST_RUNS = 100


class AssignmentConfig(Section):
    """What the assignment is called."""

    name: str = "German road signs"
    module: str = Field(default="submission", pattern=r"^[a-z_][a-z0-9_]*$")
    """Stem of the module that a submission must hold."""


class DatasetConfig(Section):
    """Where the images come from."""

    kind: Literal["roadsigns", "gtsrb", "folder", "imported"] = "roadsigns"
    path: Path | None = None
    """Where the images are, unless they are rendered; relative to grading.yaml."""
    image_size: int = Field(default=32, ge=16, le=256)
    """Height and width in pixels."""
    train_images: int = Field(default=4000, ge=43)
    """roadsigns only, as are the next two: about how many images to render."""
    validation_images: int = Field(default=1000, ge=43)
    holdout_images: int = Field(default=2000, ge=43)
    conditions: Literal["course", "road"] = "course"
    """roadsigns only: weather and optics mild enough to be learnt quickly, or all of them."""

    validation_share: float = Field(default=0.2, gt=0, le=0.45)
    """folder only, as is the next one: what part of a class, where there is no such sub-folder."""
    holdout_share: float = Field(default=0.2, gt=0, le=0.45)

    @model_validator(mode="after")
    def _path_belongs_to_files(self) -> DatasetConfig:
        holds = {
            "gtsrb": "the folder that holds Final_Training",
            "folder": "the folder that holds one for each class, or train, validation and holdout",
            "imported": "the folder that `autograder data import` wrote",
        }
        if self.kind != "roadsigns" and self.path is None:
            raise ValueError(f"kind {self.kind} needs a path: {holds[self.kind]}")
        if self.kind == "roadsigns" and self.path is not None:
            raise ValueError(
                "path is for kind gtsrb, folder or imported; roadsigns are rendered, not read"
            )
        return self

    @property
    def hangs_on_secret(self) -> bool:
        """Whether another secret gives another holdout, or the same in another order."""
        return self.kind != "imported"


class RobustnessConfig(Section):
    """The corrupted images of metric robust_macro_f1; without that metric there are none."""

    images: int = Field(default=215, ge=1, le=100_000)
    """For each corruption at each severity; as many of each class, one at least."""
    corruptions: tuple[CorruptionName, ...] = Field(default=get_args(CorruptionName), min_length=1)
    severities: tuple[Annotated[int, Field(ge=1, le=5)], ...] = Field(
        default=(1, 3, 5), min_length=1
    )
    """1 is mild, 5 is harsh."""

    @model_validator(mode="after")
    def _named_once(self) -> RobustnessConfig:
        for key in ("corruptions", "severities"):
            named = getattr(self, key)
            twice = sorted({str(one) for one in named if named.count(one) > 1})
            if twice:
                raise ValueError(f"{key}: named twice: {', '.join(twice)}")
        return self


class SeedsConfig(Section):
    """Seeds of everything random in a training, and when a score needs another one."""

    training: int = Field(default=2027, ge=0, lt=2**31)
    """Of the first run; further runs take the numbers that follow it."""
    min_runs: int = Field(default=1, ge=1, le=_MOST_RUNS)
    """Trainings of a submission, each under a seed of its own, made in any case."""
    max_runs: int = Field(default=5, ge=1, le=_MOST_RUNS)
    """Never more, however open the score is."""
    max_score_se: float = Field(default=5.0, gt=0, le=MOST_POINTS, allow_inf_nan=False)
    """Standard error of the score, in points, above which another run follows."""
    pass_mark: float | None = Field(default=None, ge=0, le=MOST_POINTS, allow_inf_nan=False)
    """Points that decide about passing; another run follows while the score's interval holds it."""

    @model_validator(mode="after")
    def _runs_in_order(self) -> SeedsConfig:
        if self.min_runs > self.max_runs:
            raise ValueError(
                f"min_runs is {self.min_runs}, so max_runs cannot be {self.max_runs}: "
                f"write max_runs: {self.min_runs} or more"
            )
        return self


class BudgetConfig(Section):
    """What a submission may use. Decides the training steps before training, never by a clock."""

    training_s: float = Field(default=60, gt=0, le=1_000_000, allow_inf_nan=False)
    """Reference seconds of training: see docs/reference-seconds.md."""
    parameters: PositiveInt = 1_500_000
    source_kib: int = Field(default=64, ge=1, le=128)
    """Python source of a submission; much more would take the grader long to look through."""
    literal_elements: PositiveInt = 256
    """Longest literal list, tuple, dict or set, in elements, nested ones counted."""
    literal_chars: PositiveInt = 2000
    """Longest literal string or bytes."""


class LimitsConfig(Section):
    """What a job is stopped at. Generous: the budget decides, the limits only protect."""

    guard: float = Field(default=4, ge=2, le=100)
    """Training is stopped at so many times the CPU seconds that its steps should take here."""
    build_cpu_s: PositiveInt = 40
    """CPU seconds, of a machine like the reference, for building the model and trying the
    augmentation."""
    build_wall_s: PositiveInt = 120
    """Seconds for the same, without those spent waiting for a core."""
    memory_mib: int = Field(default=2048, ge=768)
    """Resident memory; TensorFlow itself needs about 600 MiB of it."""
    disk_mib: PositiveInt = 64
    threads: int = Field(default=64, ge=8)
    output_mib: PositiveInt = 8
    """What a job may print; the log keeps the first and last parts of it."""


class RulesConfig(Section):
    """What a submission must keep to."""

    disabled: tuple[RuleId, ...] = ()
    allowed_imports: tuple[str, ...] = (
        "__future__",
        "collections",
        "dataclasses",
        "functools",
        "itertools",
        "keras",
        "math",
        "numpy",
        "tensorflow",
        "typing",
    )
    """Top-level modules that may be imported, besides the submission's own."""
    min_convolutions: int = Field(default=1, ge=0)
    max_untrained_accuracy: float | None = Field(default=None, gt=0, le=1)
    """Accuracy on the validation split before training; above it, weights came with the code.
    By default six and a half times chance: 0.15 of 43 classes; of up to six, anything may be luck.
    """

    @model_validator(mode="after")
    def _essential_rules_stay(self) -> RulesConfig:
        essential = sorted(ESSENTIAL_RULES & set(self.disabled))
        if essential:
            raise ValueError(f"cannot be switched off: {', '.join(essential)}")
        return self


class ReportConfig(Section):
    """What a report shows beyond its numbers."""

    pictures: bool = True
    """What the augmentation does, what the network sees and which signs it misreads; takes some
    three CPU seconds and 200 KiB a submission."""


class LateConfig(Section):
    """What lateness costs. Times come from the roster or the download, never from file dates."""

    due: datetime
    points_per_day: float = Field(ge=0, le=MOST_POINTS, allow_inf_nan=False)
    """Points lost per day begun after the due time and the grace."""
    grace_minutes: float = Field(default=0, ge=0, le=_MOST_GRACE, allow_inf_nan=False)
    cap_points: float | None = Field(default=None, ge=0, le=MOST_POINTS, allow_inf_nan=False)
    """Most points that lateness can cost; None for no cap."""

    @model_validator(mode="after")
    def _due_has_a_time_zone(self) -> LateConfig:
        if self.due.tzinfo is None:
            raise ValueError("due needs a time zone, such as 2027-01-31T23:59:00+01:00")
        try:
            self.due.astimezone(UTC)
        except OverflowError:
            raise ValueError("due is out of the range of dates") from None
        return self


class Config(Section):
    """The whole of grading.yaml."""

    version: Literal[1]
    assignment: AssignmentConfig = AssignmentConfig()
    dataset: DatasetConfig = DatasetConfig()
    robustness: RobustnessConfig = RobustnessConfig()
    reproducibility: Literal["strict", "host"] = "strict"
    """strict: the same bits on every x86-64 CPU with AVX2; host: fastest on this machine."""
    seeds: SeedsConfig = SeedsConfig()
    budget: BudgetConfig = BudgetConfig()
    limits: LimitsConfig = LimitsConfig()
    rules: RulesConfig = RulesConfig()
    rubric: tuple[Criterion, ...] = Field(min_length=1)
    late: LateConfig | None = None
    report: ReportConfig = ReportConfig()

    @model_validator(mode="after")
    def _criteria_have_their_own_ids(self) -> Config:
        ids = [criterion.id for criterion in self.rubric]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"rubric: id used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _pass_mark_can_be_reached(self) -> Config:
        mark = self.seeds.pass_mark
        if mark is not None and mark > self.max_score:
            raise ValueError(
                f"seeds: pass_mark is {mark:g}, but the rubric has only {self.max_score:g} points"
            )
        return self

    @property
    def asks_for_robustness(self) -> bool:
        """Whether any criterion is about corrupted images."""
        return any(
            isinstance(item, MetricCriterion) and item.metric == "robust_macro_f1"
            for item in self.rubric
        )

    @property
    def asks_for_probe(self) -> bool:
        """Whether the augmentation is to be looked at: for points, or to be shown."""
        return self.report.pictures or any(
            isinstance(item, AugmentationCriterion) for item in self.rubric
        )

    @property
    def max_score(self) -> float:
        """Sum of the rubric's points."""
        return sum(criterion.points for criterion in self.rubric)

    @property
    def digest(self) -> str:
        """SHA-256 hex over every rule; changes when grading could.

        Where the data lies is left out: what is in it has a fingerprint of its own.
        """
        rules = self.model_dump_json(exclude={"dataset": {"path"}})
        return hashlib.sha256(rules.encode()).hexdigest()
