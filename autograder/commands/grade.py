"""`autograder grade`: submissions in, results out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.assignment import Assignment
from autograder.batch import grade_batch
from autograder.commands.opening import (
    open_data,
    open_sealed,
    parallel_jobs,
    runner_for_all,
    sealed_assignment,
)
from autograder.config_file import load_config
from autograder.gradebook import write_gradebook
from autograder.intake import collect
from autograder.models import Submission, Verdict
from autograder.pipeline import Grader
from autograder.roster import Roster, load_roster
from autograder.store import Store
from autograder.training import Trainer
from autograder.view import BatchView, plain, show_batch


@dataclass(frozen=True)
class GradeOptions:
    """What was typed.

    Attributes:
        paths: Submissions, or folders of them.
        out: Results folder.
        config: grading.yaml.
        roster: CSV with names and submission times, if any.
        jobs: Submissions at a time; None for one per core.
        no_sandbox: Run students' code unconfined.
    """

    paths: Sequence[Path]
    out: Path
    config: Path
    roster: Path | None
    jobs: int | None
    no_sandbox: bool


def grade(options: GradeOptions, console: Console) -> int:
    """Grade; return 0, or 1 if someone needs attention.

    Raises:
        UserError: Something given is unusable.
    """
    config = load_config(options.config)
    roster = load_roster(options.roster) if options.roster else None
    submissions = collect(options.paths, config, roster)
    dataset = open_data(config, console)
    holdout, default_holdout = open_sealed(config, console)
    runner = runner_for_all(config, dataset, holdout, no_sandbox=options.no_sandbox)
    with runner, Store(options.out) as store:
        assignment = sealed_assignment(
            config, options.config, dataset, holdout, runner, default_holdout=default_holdout
        )
        _announce(assignment, submissions, console)
        grader = Grader(assignment, Trainer(runner, config, dataset, holdout))
        with BatchView(console, len(submissions)) as view:
            parallel = parallel_jobs(options.jobs)
            reports = grade_batch(submissions, grader, store, view, parallel)
        write_gradebook(reports, options.out / "gradebook.csv")
    show_batch(console, reports)
    if roster:
        _show_missing(roster, submissions, console)
    console.print(plain(f"gradebook: {options.out / 'gradebook.csv'}"))
    attention = any(report.verdict is Verdict.INTERNAL_ERROR for report in reports)
    return 1 if attention else 0


def _announce(assignment: Assignment, submissions: Sequence[Submission], console: Console) -> None:
    data, config = assignment.dataset, assignment.config
    console.print(
        plain(
            f"{config.assignment.name}: {len(submissions)} submissions; "
            f"{data.train.count} training, {data.validation.count} validation, "
            f"{assignment.holdout.count if assignment.holdout else 0} holdout images; "
            f"isolation {assignment.isolation}"
        )
    )
    if assignment.default_holdout and config.dataset.kind == "roadsigns":
        console.print(
            "The holdout comes from the public try-out seed: set AUTOGRADER_HOLDOUT_SEED before "
            "grading for marks.",
            style="yellow",
        )
    if assignment.isolation == "none":
        console.print(
            "No sandbox: students' code can read and change whatever you can.", style="bold red"
        )


def _show_missing(roster: Roster, submissions: Sequence[Submission], console: Console) -> None:
    missing = roster.unmatched([submission.id for submission in submissions])
    for student in missing:
        console.print(plain(f"no submission: {student.submission_id} {student.name}".rstrip()))
