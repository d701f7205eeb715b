"""report.json: everything that grading one submission established, as one checked document.

``report-v1.schema.json`` beside this file is `schema_text`, published; docs/report-json.md says
what each field means and what may change within version 1.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    computed_field,
    model_validator,
)

from autograder.models import Verdict

FORMAT_VERSION = 1
Isolation = Literal["full", "degraded", "none"]
Flag = Literal[
    "late",
    "budget-cut",
    "unisolated",
    "degraded-isolation",
    "default-holdout",
    "check-error",
    "replay-different",
    "borderline",
    "unstable",
    "one-cpu-model",
    "needs-attention",
]
X86_64 = frozenset({"x86_64", "amd64"})
_LONGEST_TEXT = 10_000


def _presentable(text: Any) -> Any:
    """Cut what would bloat a report, replace the half characters that JSON cannot hold."""
    if not isinstance(text, str):
        return text
    if len(text) > _LONGEST_TEXT:
        kept = _LONGEST_TEXT - 50  # room for the remark: reading it back must not cut again
        text = f"{text[:kept]}… ({len(text) - kept} characters left out)"
    return text.encode("utf-8", "replace").decode()


def _none_unless_finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of the range of dates in UTC") from None


Text = Annotated[str, BeforeValidator(_presentable)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Reported = Annotated[Number | None, BeforeValidator(_none_unless_finite)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Part(BaseModel):
    """A part of a report: immutable. Unknown fields are passed over, as docs promise readers."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class SubmissionPart(Part):
    """Whose work it is."""

    id: Text
    """Folder name of its results; unique in a batch."""
    student_id: Text
    name: Text
    """From the roster; empty where there is none."""
    sha256: Sha256
    """Over names and contents of what was handed in."""
    origin: Text
    """Name of the file or folder handed in; never its path."""
    submitted_at: Instant | None
    """From the roster, in UTC; null where it is not known."""


class PlacePart(Part):
    """A place in what was handed in, in the student's own counting from 1."""

    file: Text
    line: int | None
    """In the file; in the cell, if there is one."""
    cell: int | None
    """Code cell of a notebook."""


class FindingPart(Part):
    """Something a rule has to say; to the student."""

    rule: Text
    message: Text
    """What is wrong. May quote the student's own program: never trust it as markup."""
    hint: Text
    """What to do about it."""
    place: PlacePart | None


class LatePart(Part):
    """What lateness cost."""

    points: Annotated[Number, Field(ge=0)]
    days: Annotated[int, Field(ge=0)]
    """Days begun after the due time; 0 within the grace."""
    reason: Text


class IntervalPart(Part):
    """Ends of a 95 % interval."""

    low: Number
    high: Number


class CriterionPart(Part):
    """What one line of the rubric came to."""

    id: Text
    title: Text
    points: Number
    """Points won, in hundredths."""
    max_points: Number
    value: Number | None
    """The measured metric, exact; null if the criterion measures none."""
    passed: bool | None
    """null: a matter of degree, or it could not be judged (flag check-error)."""
    reason: Text
    """To the student: why these points, and what to look at next."""
    interval: IntervalPart | None = None
    """Of the metric; null if there is none, and in reports of before there were any."""


class IntervalsPart(Part):
    """Where metrics may be: had other signs been filmed, had other seeds been drawn."""

    macro_f1: IntervalPart
    accuracy: IntervalPart
    recall: tuple[IntervalPart, ...]
    """Indexed by class id."""


class CorruptedPart(Part):
    """Images under one corruption at one severity."""

    corruption: Text
    severity: int
    """1 is mild, 5 is harsh."""
    macro_f1: Share
    accuracy: Share


class RobustnessPart(Part):
    """Predictions for corrupted copies of some of the images, see docs/robustness.md."""

    macro_f1: Share
    """Mean over all corruptions and severities; metric robust_macro_f1."""
    clean_macro_f1: Share
    """The same of the same images, before they were corrupted."""
    images: int
    """Of each corruption at each severity."""
    corrupted: tuple[CorruptedPart, ...]
    """One for each corruption at each severity."""


class MetricsPart(Part):
    """Predictions against labels, computed by the grader; means over the runs made."""

    macro_f1: Share
    accuracy: Share
    recall: tuple[Share, ...]
    """Indexed by class id."""
    count: int
    """Number of images."""
    runs: int = 1
    """How many trainings these are the means of."""
    intervals: IntervalsPart | None = None
    """null for what decides no score, and in reports of before there were any."""
    robustness: RobustnessPart | None = None
    """null if the rubric does not ask for it."""


class BothMetricsPart(Part):
    """On the images that decide the score, and on those the student can see."""

    holdout: MetricsPart | None
    validation: MetricsPart | None


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


class RunPart(Part):
    """One training of several that differ in the seed alone."""

    seed: int
    macro_f1: Share
    accuracy: Share
    points: Number
    """Its score, had it been the only run."""
    weights_sha256: Sha256
    replayed: bool | Literal["not possible"] | None
    """As in `replay`, of this run."""


class FailedRunPart(Part):
    """A further run that came to nothing: it ended the runs, and costs no points."""

    seed: int
    verdict: Verdict
    """What a submission gets whose first run ends so."""
    reason: Text
    """To the student."""


class RunsPart(Part):
    """Every training made, and what they say together."""

    made: tuple[RunPart, ...]
    """In the order of their seeds; the score is the mean of their points."""
    failed: FailedRunPart | None
    score_se: Number
    """Standard error of the score, in points."""
    holdout_se: Number
    """The part of it that is due to the choice of signs in the holdout."""
    luck_se: Number
    """The part that is due to the seeds; assumed if there is one run."""
    score: IntervalPart
    """95 % interval, in points."""
    decisions: tuple[Text, ...]
    """After each run, whether another followed and why."""


class DatasetPart(Part):
    """What was trained and graded on."""

    kind: Text
    fingerprint: Text
    """Of the public images."""
    holdout_sha256: Text
    """Commits to the holdout without giving it away."""
    holdout_is_default_seed: bool
    """Whether anyone could build the same holdout: fine at home, not for grades."""
    class_names: tuple[Text, ...]
    """Indexed by class id."""


class Environment(Part):
    """The versions and the machine that a training ran on."""

    python: Text
    tensorflow: Text
    keras: Text
    numpy: Text
    platform: Text
    """System and architecture, such as Linux-x86_64; no kernel version."""
    cpu: Text
    """Model name of the processor."""
    reproducibility: Literal["strict", "host"]
    # From here on, empty in reports of before there was such a thing, and where it is not known.
    vector_extensions: tuple[Text, ...] = ()
    """Of the processor, as Linux names them; only those that libraries choose kernels by."""
    caches: tuple[Text, ...] = ()
    """Of one core, such as L1 data 48K."""
    os: Text = ""
    """Name and version of the system and its C library; no build of a kernel, no host."""
    onednn: Text = ""
    """Settings of the library that computes convolutions and matrix products."""
    threads: int = 1
    """That a training computes with."""
    autograder: Text = ""
    """Our version, and a digest of what computes a training and its score."""

    @property
    def holds_everywhere(self) -> bool:
        """Whether every machine of this kind gives these bits, whatever its processor's model."""
        system, _, architecture = self.platform.partition("-")
        return (
            self.reproducibility == "strict"
            and system == "Linux"
            and architecture.lower() in X86_64
            and {"avx2", "fma"} <= {*self.vector_extensions}
        )

    @computed_field  # type: ignore[prop-decorator]
    @property
    def sha256(self) -> str:
        """Fingerprint: equal where the same training gives the same bits.

        In strict mode on x86-64 with AVX2, what processor and system it is makes no difference.
        """
        left_out = {"sha256"}
        if self.holds_everywhere:
            left_out |= {"cpu", "vector_extensions", "caches", "os"}
        return hashlib.sha256(self.model_dump_json(exclude=left_out).encode()).hexdigest()


class TimingsPart(Part):
    """When and how fast: all that may differ when the same submission is graded again."""

    started_at: Instant
    graded_at: Instant
    cpu_s: Number
    wall_s: Number
    peak_memory_mib: Number


class Report(Part):
    """The grading of one submission, version 1."""

    version: Literal[1]
    assignment: Text
    rules_sha256: Sha256
    """Over every rule in grading.yaml."""
    checks_sha256: Text = ""
    """Over the instructor's check files; empty in reports of before there was such a thing."""
    submission: SubmissionPart
    verdict: Verdict
    findings: tuple[FindingPart, ...]
    """To the student; the reasons of any verdict but GRADED."""
    score: Number | None
    """Sum of the criteria's points; 0 for a fault of the student's; null for INTERNAL_ERROR."""
    max_score: Number
    percent: Number | None
    """100 * score / max_score, in hundredths."""
    late: LatePart
    grade: Number | None
    """Score less the late penalty, never below 0; null for INTERNAL_ERROR."""
    criteria: tuple[CriterionPart, ...]
    """Empty unless GRADED."""
    metrics: BothMetricsPart
    history: tuple[EpochPart, ...]
    diagnoses: tuple[DiagnosisPart, ...] = ()
    """The most useful first."""
    model: ModelPart
    plan: PlanPart | None
    """null if grading ended before the plan was known."""
    cost: CostPart | None = None
    """null if grading ended before, and in reports of before there was such a thing."""
    unportable: tuple[Text, ...] = ()
    """What makes the bits of this training hold on one CPU model only; empty in most."""
    weights_sha256: Sha256 | None
    """Over the trained weights; the same wherever the same training is repeated."""
    predictions_sha256: Sha256 | None = None
    """Over the raw predictions of both splits; null if there were none."""
    weights_hashed_by: Literal["grader", "job"] | None = None
    """grader: over the weights that the job handed over; job: it only said so."""
    replay: ReplayPart | None = None
    """null if grading ended before, and in reports of before there was such a thing."""
    runs: RunsPart | None = None
    """null unless GRADED, and in reports of before there were several runs."""
    seeds: SeedsPart
    budget: BudgetPart
    dataset: DatasetPart
    environment: Environment
    isolation: Isolation
    """none: the student's code ran without a sandbox, so the score proves nothing."""
    flags: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+$")], ...]
    """What a person should know at a glance; new ones may appear within version 1."""
    note: Text
    """To staff; never shown to the student."""
    cache_key: Text
    """Over everything that grading depends on; see store.py."""
    timings: TimingsPart

    @model_validator(mode="after")
    def _score_fits_the_verdict(self) -> Report:
        known = [number is not None for number in (self.score, self.percent, self.grade)]
        if known != [self.verdict is not Verdict.INTERNAL_ERROR] * 3:
            raise ValueError("score, percent and grade are null for INTERNAL_ERROR, for it alone")
        return self

    def to_json(self) -> str:
        """Return strict JSON: UTF-8, no NaN, ends in a newline."""
        return self.model_dump_json(indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It is no report of this version.
        """
        return cls.model_validate_json(text)

    def comparable(self) -> str:
        """Return, as JSON, all that must be equal to the bit when graded twice.

        Left out: the timings, and what the hand-in happened to be called.
        """
        return self.model_dump_json(exclude={"timings": True, "submission": {"origin"}})


def schema_text() -> str:
    """Return the JSON Schema of report.json (draft 2020-12), as it is published."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Report.model_json_schema(mode="serialization"),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
