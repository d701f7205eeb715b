"""`autograder check`: what is wrong with a submission, before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograder.assignment import scored_rules
from autograder.augmentation_view import show_augmentation
from autograder.checks import check_sources
from autograder.commands.opening import for_own_code, open_data, own_assignment
from autograder.config import Config
from autograder.config_file import load_config
from autograder.cost_view import show_budget, show_cost
from autograder.desk import JobDesk
from autograder.environment import promise
from autograder.intake import collect
from autograder.jobs import Progress
from autograder.models import Submission, Verdict
from autograder.outcome import Outcome
from autograder.pipeline import Grader
from autograder.reports.report import Report
from autograder.view import plain, show_findings


class Quiet:
    """A watcher for stages that are over in seconds."""

    def stage(self, submission_id: str, stage: str) -> None:
        """Nothing to show."""

    def progress(self, submission_id: str, progress: Progress) -> None:
        """Nothing to show."""

    def finished(self, report: Report, *, cached: bool) -> None:
        """Nothing to show."""


def check(path: Path, config_path: Path, console: Console) -> int:
    """Check; return 0 if it could be trained, 1 if it has faults.

    Raises:
        UserError: Something given is unusable.
    """
    config = load_config(config_path)
    submissions = collect([path], config)
    sound = [submission for submission in submissions if can_run(submission, config, console)]
    if sound:
        dataset = open_data(config, console)
        with for_own_code(config, dataset) as runner:
            assignment = own_assignment(config, config_path, dataset, runner)
            grader = Grader(assignment, JobDesk(runner, config, dataset, None))
            for submission in sound:
                with console.status("building the model"):
                    outcome = grader.check(submission, Quiet())
                if not _show(outcome, submission, config, dataset.class_names, console):
                    sound = [other for other in sound if other is not submission]
                said = promise(assignment.environment, outcome.unportable)
                console.print(plain(said), highlight=False, soft_wrap=True)
    return 0 if len(sound) == len(submissions) else 1


def can_run(submission: Submission, config: Config, console: Console) -> bool:
    """Print what can be said without running anything; False if that rejects it."""
    findings = submission.problems or check_sources(submission, config)
    if all(finding.rule in scored_rules(config) for finding in findings):
        return True  # any finding comes again with those about the model
    console.print(plain(f"{submission.path}: {len(findings)} to mend before anything can run"))
    show_findings(console, findings)
    return False


def _show(
    outcome: Outcome,
    submission: Submission,
    config: Config,
    names: Sequence[str],
    console: Console,
) -> bool:
    """Print what the job found; True if training could begin."""
    if outcome.verdict is not Verdict.GRADED:
        console.print(plain(f"{submission.path}: {outcome.verdict}"))
        show_findings(console, outcome.findings)
        show_log(outcome, console)
        return False
    console.print(plain(f"{submission.path}: ready to train"))
    plan = outcome.plan
    assert plan is not None
    convolutions = sum(layer.is_convolution for layer in outcome.layers)
    model = (
        f"model: {len(outcome.layers)} layers, {convolutions} of them convolutions; "
        f"{outcome.parameters:,} parameters of {config.budget.parameters:,}"
    )
    steps = (
        f"plan: {plan.epochs} epochs of {plan.steps_per_epoch} steps, {plan.batch_size} images "
        f"a step; {plan.steps} steps in all"
    )
    for line in (model, "augmentation: runs, keeps the shape", steps):
        console.print(plain(f" ✓ {line}"), highlight=False)
    if outcome.augmentation:
        show_augmentation(console, outcome.augmentation, names)
    if outcome.cost:
        show_cost(console, outcome.cost, outcome.layers)
    show_budget(console, plan, config.budget.training_s)
    if outcome.findings:
        console.print("These would cost points:")
        show_findings(console, outcome.findings, style="yellow")
    return True


def show_log(outcome: Outcome, console: Console) -> None:
    """Print the end of what the submission itself printed."""
    lines = outcome.log.decode("utf-8", "replace").strip().splitlines()[-15:]
    if lines:
        console.print("the last it printed:", style="dim")
        console.print(plain("\n".join(f"   {line}" for line in lines)), style="dim")
