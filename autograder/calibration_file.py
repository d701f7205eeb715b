"""calibration.json: how the reference solutions came out, kept beside grading.yaml.

`grade` works out from it how often the thresholds of today fail them: a threshold that was changed
since needs no new trainings, other data or another budget do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from autograder.assignment import Assignment
from autograder.calibration import MIN_RUNS, Sample, in_words, propose, weakest
from autograder.reports.fields import Instant, Number, Part, Sha256, Share, Text
from autograder.reports.files import write_whole
from autograder.rubric import MetricCriterion, Section

FILE_NAME = "calibration.json"
_MOST_RUNS, _LEAST_STEP = 10_000, 1e-9
_AGAIN = "run `autograder calibrate --write` again"


class Basis(Part):
    """What the values depend on; with any of it changed, they tell nothing any more."""

    training_images: Text
    """Fingerprint of the public images."""
    holdout: Text
    """SHA-256 of the holdout; another secret makes another one."""
    budget: Sha256
    """Over the budget in grading.yaml."""
    reproducibility: Literal["strict", "host"]
    robustness: Text = ""
    """SHA-256 over which corrupted images there are; empty if there are none."""


class CalibratedSolution(Part):
    """One reference solution under all the seeds."""

    id: Text
    sha256: Sha256
    """Of what it was; grade does not look at it."""
    values: tuple[Share, ...]
    ungraded: int = Field(ge=0, le=_MOST_RUNS)

    @model_validator(mode="after")
    def _was_run_often_enough(self) -> CalibratedSolution:
        if not MIN_RUNS <= len(self.values) + self.ungraded <= _MOST_RUNS:
            raise ValueError("as many runs as no calibration has")
        return self


class KnownRate(Part):
    """What was known of the false fails of the weakest solution when this was written."""

    solution: Text
    fails: int
    runs: int
    low: Share
    """Of the 95 % interval of fails / runs."""
    high: Share
    estimated: Share
    """From mean and standard deviation."""


class CalibratedCriterion(Part):
    """One criterion with a threshold."""

    id: Text
    metric: Text
    class_id: int | None
    class_ids: tuple[int, ...] = ()
    family: Text | None = None
    step: Annotated[Share, Field(ge=_LEAST_STEP)]
    """By how much one sign of the holdout changes the metric."""
    threshold: Number
    false_fails: KnownRate
    solutions: tuple[CalibratedSolution, ...] = Field(min_length=1)

    def samples(self) -> tuple[Sample, ...]:
        """Return what was measured."""
        return tuple(
            Sample(solution.id, solution.values, solution.ungraded, self.step)
            for solution in self.solutions
        )


class Calibration(Part):
    """The whole file, version 1."""

    version: Literal[1]
    calibrated_at: Instant
    seeds: tuple[int, ...] = Field(min_length=MIN_RUNS)
    basis: Basis
    criteria: tuple[CalibratedCriterion, ...]


def basis_of(assignment: Assignment) -> Basis:
    """Return what values measured today depend on."""
    config = assignment.config
    return Basis(
        training_images=assignment.dataset.fingerprint,
        holdout=assignment.holdout.sha256 if assignment.holdout else "",
        budget=_digest(config.budget),
        reproducibility=config.reproducibility,
        robustness=_digest(config.robustness) if config.asks_for_robustness else "",
    )


def _digest(section: Section) -> str:
    return hashlib.sha256(section.model_dump_json().encode()).hexdigest()


def calibrated(
    criterion: MetricCriterion, samples: Sequence[Sample], sha256: Mapping[str, str]
) -> CalibratedCriterion:
    """Return what is written down about one criterion.

    Args:
        criterion: With the threshold that it has now.
        samples: What its metric came to, one per solution.
        sha256: Of each solution, by id.
    """
    found = weakest(samples, criterion.threshold)
    counted = found.counted
    return CalibratedCriterion(
        id=criterion.id,
        metric=criterion.metric,
        class_id=criterion.class_id,
        class_ids=criterion.class_ids,
        family=criterion.family,
        step=samples[0].step,
        threshold=criterion.threshold,
        false_fails=KnownRate(
            solution=found.solution,
            fails=counted.fails,
            runs=counted.runs,
            low=counted.low,
            high=counted.high,
            estimated=found.estimated,
        ),
        solutions=tuple(
            CalibratedSolution(
                id=sample.solution,
                sha256=sha256[sample.solution],
                values=sample.values,
                ungraded=sample.ungraded,
            )
            for sample in samples
        ),
    )


def save(calibration: Calibration, config_path: Path) -> Path:
    """Write the file beside grading.yaml; return where.

    Raises:
        ResultsError: It cannot be written.
    """
    path = config_path.resolve().parent / FILE_NAME
    write_whole(path, (calibration.model_dump_json(indent=2) + "\n").encode())
    return path


def threshold_warnings(assignment: Assignment) -> Iterator[str]:
    """Yield, a line each, what is known against the thresholds of today; nothing if nothing is."""
    path = assignment.root / FILE_NAME
    try:
        calibration = Calibration.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return
    except (OSError, ValidationError):
        yield f"{FILE_NAME} cannot be read as one; {_AGAIN}"
        return
    changed = _changed(calibration.basis, basis_of(assignment))
    if changed:
        yield f"{FILE_NAME} is stale: changed since: {', '.join(changed)}; {_AGAIN}"
        return
    known = {part.id: part for part in calibration.criteria}
    for criterion in assignment.config.rubric:
        part = known.get(criterion.id)
        if isinstance(criterion, MetricCriterion) and part and _fits(part, criterion):
            yield from _judge(criterion, part)


def _changed(before: Basis, today: Basis) -> list[str]:
    return [
        name.replace("_", " ")
        for name in Basis.model_fields
        if getattr(before, name) != getattr(today, name)
    ]


def _fits(part: CalibratedCriterion, criterion: MetricCriterion) -> bool:
    return (part.metric, part.family or part.class_ids or part.class_id) == criterion.key


def _judge(criterion: MetricCriterion, part: CalibratedCriterion) -> Iterator[str]:
    samples = part.samples()
    found = weakest(samples, criterion.threshold)
    if found.is_too_high:
        proposed = propose(criterion, samples).threshold
        advice = "" if proposed is None else f"; proposed: {proposed:.2f}"
        yield f"{criterion.id}: {in_words(criterion, found)}{advice}"
