"""`autograder grade`: submissions in, results out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.assignment import Assignment
from autograder.batch import Writer, grade_batch
from autograder.calibration_file import threshold_warnings
from autograder.class_pictures import class_pictures, to_npz
from autograder.commands.opening import announce, grader_of, opened, parallel_jobs
from autograder.config_file import load_config
from autograder.gradebook import write_gradebook
from autograder.intake import collect
from autograder.models import Submission, Verdict
from autograder.pages.publish import CLASSES_FILE, Publisher, write_class_page
from autograder.reports.files import write_whole
from autograder.roster import Roster, load_roster
from autograder.store import Store
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
    sealed = opened(config, options.config, console, no_sandbox=options.no_sandbox)
    with sealed as (assignment, runner), Store(options.out) as store:
        announce(assignment, submissions, console)
        warn(assignment)
        grader = grader_of(assignment, runner)
        signs = class_pictures(assignment)
        write_whole(options.out / CLASSES_FILE, to_npz(signs))
        with BatchView(console, len(submissions)) as view:
            parallel = parallel_jobs(options.jobs)
            writer = Writer(grader, store, view, Publisher(signs))
            reports = grade_batch(submissions, writer, parallel)
        write_gradebook(reports, options.out / "gradebook.csv")
        page = write_class_page(options.out, reports, {})
    show_batch(console, reports)
    if roster:
        _show_missing(roster, submissions, console)
    console.print(plain(f"gradebook: {options.out / 'gradebook.csv'}\nclass page: {page}"))
    attention = any(report.verdict is Verdict.INTERNAL_ERROR for report in reports)
    return 1 if attention else 0


def warn(assignment: Assignment) -> None:
    """Print, to stderr, what calibration knows against the thresholds."""
    errors = Console(stderr=True)
    for line in threshold_warnings(assignment):
        errors.print(plain(f"warning: {line}"), style="yellow", soft_wrap=True, highlight=False)


def _show_missing(roster: Roster, submissions: Sequence[Submission], console: Console) -> None:
    missing = roster.unmatched([submission.id for submission in submissions])
    for student in missing:
        console.print(plain(f"no submission: {student.submission_id} {student.name}".rstrip()))
