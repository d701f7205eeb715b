"""`autograder train`: exactly the training that the grader will do, scored on validation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from autograder.assignment import Assignment
from autograder.batch import Reporter
from autograder.class_pictures import class_pictures
from autograder.commands.check import Quiet, can_run, show_log
from autograder.commands.opening import (
    for_own_code,
    grader_of,
    open_data,
    open_spoiled,
    own_assignment,
)
from autograder.config_file import load_config
from autograder.cost_view import show_budget
from autograder.environment import promise
from autograder.errors import IntakeError
from autograder.intake import collect
from autograder.jobs import Progress
from autograder.leftovers import read_history
from autograder.models import Epoch, Submission, Verdict
from autograder.outcome import Outcome
from autograder.pages.publish import Publisher
from autograder.pipeline import Grader
from autograder.reports.files import write_whole
from autograder.reports.report import Report
from autograder.view import (
    Bar,
    plain,
    show_criteria,
    show_diagnoses,
    show_epoch,
    show_findings,
    show_learning_curve,
    show_robustness,
)


class EpochView:
    """Prints each epoch as it ends, and a bar for the one under way."""

    def __init__(self, console: Console, bar: Bar) -> None:
        self._console, self._bar, self._shown = console, bar, 0

    def stage(self, submission_id: str, stage: str) -> None:
        """Nothing to show: the bar says it."""

    def progress(self, submission_id: str, progress: Progress) -> None:  # noqa: ARG002
        """Show the epochs that have ended, and how far this one is."""
        # The last line may be half-written: it comes again.
        whole = progress.history[: progress.history.rfind(b"\n") + 1]
        try:
            history = read_history(whole)
        except (ValueError, RecursionError):
            return  # written over by the code that is trained; the verdict will say so
        self.show(history, progress.steps)
        done, ended = progress.step, history[-1].step if history else 0
        length = history[0].step if history else progress.steps
        self._bar(done - ended, length, f"epoch {len(history) + 1}")

    def show(self, history: Sequence[Epoch], steps: int) -> None:
        """Print the epochs that were not printed yet."""
        epochs = -(-steps // max(1, history[0].step)) if history else 0
        for epoch in history[self._shown :]:
            show_epoch(self._console, epoch, epochs)
        self._shown = max(self._shown, len(history))

    def finished(self, report: Report, *, cached: bool) -> None:
        """Nothing to show: no report is written."""


def train(path: Path, config_path: Path, page: Path, console: Console) -> int:
    """Train, write the page of it; return 0 if it was graded, 1 if the submission has faults.

    Raises:
        UserError: Something given is unusable.
    """
    config = load_config(config_path)
    submissions = collect([path], config)
    if len(submissions) != 1:
        raise IntakeError(f"{path} holds {len(submissions)} submissions; name the one to train")
    submission = submissions[0]
    if not can_run(submission, config, console):
        return 1
    dataset = open_data(config, console)
    corrupted = open_spoiled(config, dataset.validation, console)
    with for_own_code(config, dataset, corrupted) as runner:
        assignment = own_assignment(config, config_path, dataset, runner, corrupted)
        grader = grader_of(assignment, runner)
        started_at = datetime.now(UTC)
        with Bar(console, announce=False) as bar:
            view = EpochView(console, bar)
            outcome = grader.grade(submission, view)
        if outcome.plan:
            view.show(outcome.history, outcome.plan.steps)
    code = _show(outcome, assignment, console)
    _write_page(grader, submission, outcome, started_at, page)
    console.print(plain(f"report: {page}"), soft_wrap=True)
    return code


def _write_page(
    grader: Grader, submission: Submission, outcome: Outcome, started_at: datetime, page: Path
) -> None:
    reporter = Reporter(grader, Quiet())
    graded = reporter.report_on(submission, outcome, reporter.key(submission), started_at)
    publisher = Publisher(class_pictures(grader.assignment))
    write_whole(page, publisher.draw(graded.report, outcome.evidence, outcome.log))


def _show(outcome: Outcome, assignment: Assignment, console: Console) -> int:
    show_learning_curve(console, outcome.history)
    if outcome.verdict is not Verdict.GRADED or outcome.score is None:
        console.print(plain(f"verdict: {outcome.verdict}"), style="bold red")
        show_findings(console, outcome.findings)
        show_diagnoses(console, outcome.diagnoses)
        show_log(outcome, console)
        return 1
    score, plan = outcome.score, outcome.plan
    assert plan is not None
    show_criteria(console, score.criteria, "On the validation split")
    if outcome.validation and outcome.validation.robustness:
        show_robustness(console, outcome.validation.robustness)
    show_findings(console, outcome.findings)
    show_diagnoses(console, outcome.diagnoses)
    console.print(
        plain(
            f"{score.points:.2f} of {score.max_points:g} points on the validation split, "
            f"{_certainty(outcome)}\n"
            f"{plan.steps} steps, {outcome.resources.cpu_s:.1f} s of CPU, weights "
            f"{outcome.weights_sha256}\n"
            f"{promise(assignment.environment, outcome.unportable)}\n"
            "The grader scores the network on images that nobody has seen: expect about as much, "
            "not exactly as much. Where luck could decide much, it trains under further seeds and "
            "takes the mean."
        ),
        highlight=False,
        soft_wrap=True,
    )
    show_budget(console, plan, assignment.config.budget.training_s)
    return 0


def _certainty(outcome: Outcome) -> str:
    """Return what was measured and how far off it may be."""
    validation, uncertainty = outcome.validation, outcome.uncertainty
    assert validation is not None
    assert uncertainty is not None
    macro_f1, accuracy = uncertainty.macro_f1, uncertainty.accuracy
    return (
        f"standard error {uncertainty.score_se:.1f} points ({uncertainty.holdout_se:.1f} from the "
        f"choice of images, {uncertainty.luck_se:.1f} from assumed luck of the seed)\n"
        f"macro-F1 {validation.macro_f1:.4f} (95 % interval {macro_f1.low:.3f} to "
        f"{macro_f1.high:.3f}), accuracy {validation.accuracy:.4f} ({accuracy.low:.3f} to "
        f"{accuracy.high:.3f})"
    )
