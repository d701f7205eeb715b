"""One submission's way through the stages: what was learned on it, and what ends it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import scored_rules
from autograder.config import Config
from autograder.jobs import Progress
from autograder.leftovers import Quarter, Trained
from autograder.metrics import read_predictions
from autograder.model_rules import Description
from autograder.models import Finding, ResourceUse, Submission, Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from autograder.training import Attempt
from autograder.verdicts import Failure

T = TypeVar("T", Description, Trained)


class Watcher(Protocol):
    """Told how grading goes on; called from several threads."""

    def stage(self, submission_id: str, stage: str) -> None:
        """A submission has entered a stage."""

    def progress(self, submission_id: str, progress: Progress) -> None:
        """Its training has gone on."""

    def finished(self, report: Report, *, cached: bool) -> None:
        """Its report is written."""


class Stop(Exception):  # noqa: N818 - control flow inside the pipeline, not an error
    """A submission's way ends here, with a verdict."""

    def __init__(
        self,
        verdict: Verdict,
        findings: Sequence[Finding],
        note: str = "",
        quarter: Quarter | None = None,
    ) -> None:
        super().__init__(verdict)
        self.verdict, self.findings, self.note = verdict, tuple(findings), note
        self.quarter = quarter


class Way:
    """What was learned of one submission so far.

    Attributes:
        outcome: All of it.
        broken: Rules that cost points, by their name.
    """

    def __init__(self, config: Config, submission: Submission, watcher: Watcher) -> None:
        self.config, self.submission, self.watcher = config, submission, watcher
        self.outcome = Outcome(Verdict.GRADED)
        self.broken: dict[str, Finding] = {}
        self._scored_rules = scored_rules(config)

    def stage(self, stage: str) -> None:
        """Tell who watches what comes next."""
        self.watcher.stage(self.submission.id, stage)

    def learn(self, **facts: Any) -> None:
        """Put facts into the outcome."""
        self.outcome = dataclasses.replace(self.outcome, **facts)

    def account(self, used: ResourceUse, log: bytes = b"", sealed_log: bytes = b"") -> None:
        """Add what a job, or those of a further run, used and printed."""
        so_far = self.outcome
        self.learn(
            resources=so_far.resources + used,
            log=so_far.log + log,
            sealed_log=so_far.sealed_log + sealed_log,
        )

    def result(self, attempt: Attempt, expected: type[T]) -> T:
        """Return what a job found out; stop if it failed."""
        self.account(attempt.resources, attempt.log)
        result = attempt.result
        if isinstance(result, Failure):
            raise Stop(result.verdict, result.findings, result.note, attempt.quarter)
        assert isinstance(result, expected)
        return result

    def numbers(self, raw: bytes, count: int, num_classes: int) -> NDArray[np.float32]:
        """Return predictions that are what they should be; stop at others."""
        predictions = read_predictions(raw, count, num_classes)
        if isinstance(predictions, Finding):
            raise Stop(Verdict.INVALID_OUTPUT, [predictions])
        return predictions

    def keep_or_reject(self, findings: Sequence[Finding]) -> None:
        """Broken rules that the rubric gives points for cost those; any other rejects."""
        if any(finding.rule not in self._scored_rules for finding in findings):
            raise Stop(Verdict.REJECTED, findings)
        for finding in findings:
            self.broken.setdefault(finding.rule, finding)
