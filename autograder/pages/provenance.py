"""How something was graded, and what of the budget it used."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.environment import promise
from autograder.pages.texts import name
from autograder.reports import words
from autograder.reports.report import Report

_ISOLATION = {
    "full": "full: confined by Landlock and seccomp",
    "degraded": "degraded: a user of its own, without Landlock",
    "none": "none: without a sandbox",
}


@dataclass(frozen=True)
class Fact:
    """A line of how it was graded; `code` is a hash or another exact text."""

    title: str
    text: str
    code: str = ""
    after: str = ""


@dataclass(frozen=True)
class Budgeted:
    """Something that the rules budget.

    Attributes:
        used: How much; empty if that is not known.
        share: Percent of what is allowed, at most 100; None if nothing is known to be used.
        over: Whether more was asked for or used than is allowed.
    """

    title: str
    used: str
    allowed: str
    share: float | None
    over: bool


def facts(report: Report) -> list[Fact]:
    """Return what decides the bits of a training and its score."""
    holdout = report.metrics.holdout
    stated = [
        Fact("Submission", name(report.submission.id)),
        Fact("Handed in", name(report.submission.origin)),
        Fact("SHA-256 of what was handed in", "", report.submission.sha256),
        Fact("Rules", "", report.rules_sha256),
        Fact("Checks", "", name(report.checks_sha256)),
        Fact("Seed", words.seeds(report)),
        Fact("Runs", str(holdout.runs) if holdout else ""),
        Fact("Steps", f"{report.plan.steps:,}" if report.plan else ""),
        Fact("Budget", words.budget_used(report)),
        Fact("Trained weights", "", report.weights_sha256 or "", words.weights_owner(report)),
        Fact("Predictions", "", _predictions(report)),
        Fact("Repeated without your code", _replay(report)),
        Fact("Images to train on", "", name(report.dataset.fingerprint)),
        Fact("Images to grade on", "", name(report.dataset.holdout_sha256)),
        Fact("Versions", name(words.versions(report.environment))),
        Fact("Processor", name(report.environment.cpu)),
        Fact("Where it can be repeated", name(promise(report.environment, report.unportable))),
        Fact("Environment", "", report.environment.sha256),
        Fact("Isolation", _ISOLATION.get(report.isolation, report.isolation)),
        Fact("Graded", f"{report.timings.graded_at:%Y-%m-%d %H:%M} UTC"),
    ]
    return [fact for fact in stated if fact.text or fact.code]


def _predictions(report: Report) -> str:
    """Return the checksum; not of what the student's code may have answered to leave a message."""
    return "" if report.predicted_by_own_code else report.predictions_sha256 or ""


def _replay(report: Report) -> str:
    """Return what a repetition came to; another result is for a person to look into first."""
    replayed = report.replay.replayed if report.replay else False
    if replayed == "not possible":
        return "not possible: the network holds parts of your own"
    return "yes, with the same predictions to the bit" if replayed else ""


def budget(report: Report) -> list[Budgeted]:
    """Return what was allowed and what was used."""
    training, parameters = report.budget.training_s, report.budget.parameters
    source, plan = report.budget.source_bytes, report.plan
    return [
        _budgeted(
            "Training, in reference seconds",
            training.used,
            training.allowed,
            over=plan is not None and plan.cut_short,
            form=",.1f",
        ),
        _budgeted("Parameters", parameters.used, parameters.allowed),
        _budgeted("Source code, in bytes", source.used, source.allowed),
    ]


def _budgeted(
    title: str, used: float | None, allowed: float, *, over: bool = False, form: str = ",d"
) -> Budgeted:
    share = None if used is None or allowed <= 0 else round(100 * used / allowed, 1)
    return Budgeted(
        title,
        "" if used is None else format(used, form),
        format(allowed, form),
        None if share is None else min(100.0, share),
        over or (share is not None and share > 100),
    )
