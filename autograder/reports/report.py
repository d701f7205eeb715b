"""report.json: everything that grading one submission established, as one checked document.

``report-v1.schema.json`` beside this file is `schema_text`, published; docs/report-json.md says
what each field means and what may change within version 1.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field, computed_field, model_validator

from autograder.models import Verdict
from autograder.reports.fields import Instant, Number, Part, Sha256, Text
from autograder.reports.result_parts import (
    BothMetricsPart,
    CriterionPart,
    FindingPart,
    LatePart,
    RunsPart,
    SubmissionPart,
)
from autograder.reports.training_parts import (
    AugmentationPart,
    BudgetPart,
    CostPart,
    DiagnosisPart,
    EpochPart,
    ModelPart,
    PlanPart,
    ReplayPart,
    SeedsPart,
)

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
    augmentation: AugmentationPart | None = None
    """null if grading ended before, and in reports of before there was such a thing."""
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

    @property
    def predicted_by_own_code(self) -> bool:
        """Whether the student's code predicted images that no student is shown.

        What it answered for them could then tell what it saw, to who may see each answer counted.
        """
        if self.metrics.holdout is None:
            return False
        if self.replay is None:
            return self.verdict is not Verdict.GRADED  # a training that was stopped
        return self.replay.replayed is not True

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
