"""`autograder verify`: does grading the same work again come to the same?"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.assignment import Assignment
from autograder.batch import grade_again
from autograder.commands.check import Quiet
from autograder.commands.opening import (
    grader_of,
    open_data,
    open_sealed,
    open_spoiled,
    runner_for_all,
    sealed_assignment,
)
from autograder.config import Config
from autograder.config_file import load_config
from autograder.datasets import Dataset, Holdout
from autograder.errors import InternalError, ResultsError
from autograder.holdout_seed import holdout_seed
from autograder.intake import take_in_copy
from autograder.models import Person, Submission, Verdict
from autograder.pipeline import Grader
from autograder.reports.report import Report
from autograder.verification import Sameness, Verification, compare, other_parts
from autograder.view import plain

_SIGNS = {True: "same", False: "different", None: "not in the report"}
_STYLES = {
    Sameness.IDENTICAL: "green",
    Sameness.EQUAL_WITHIN: "yellow",
    Sameness.DIFFERENT: "bold red",
}


def verify(folder: Path, config_path: Path, console: Console, *, no_sandbox: bool) -> int:
    """Grade again what lies in a folder of results; return 0 if it came to the same, 1 if not.

    Raises:
        ResultsError: There is nothing to verify in the folder, or rules or data are not those
            that it was graded under.
        InternalError: We failed to grade it.
    """
    before = read_report(folder)
    config = load_config(config_path)
    _refuse_other_rules(before, config, config_path)
    submission = read_submission(folder, before)
    _refuse_other_secret(before, config)
    dataset = open_data(config, console)
    holdout, default_holdout = open_sealed(config, console)
    _refuse_other_data(before, dataset, holdout)
    corrupted = open_spoiled(config, holdout, console)
    with runner_for_all(config, dataset, holdout, corrupted, no_sandbox=no_sandbox) as runner:
        assignment = sealed_assignment(
            config, config_path, dataset, holdout, runner,
            corrupted=corrupted, default_holdout=default_holdout,
        )  # fmt: skip
        return verify_with(grader_of(assignment, runner), before, submission, console)


def verify_with(grader: Grader, before: Report, submission: Submission, console: Console) -> int:
    """Grade a submission again and print how it compares; return the exit code.

    Raises:
        ResultsError: The instructor's checks have changed since.
        InternalError: We failed to grade it.
    """
    _refuse_other_checks(before, grader.assignment)
    with console.status("grading again"):
        now = grade_again(submission, grader, Quiet())
    if now.verdict is Verdict.INTERNAL_ERROR:
        last_line = now.note.strip().rpartition("\n")[2]
        raise InternalError(f"grading again failed, so nothing is verified: {last_line}")
    verification = compare(before, now)
    _show(verification, before, now, console)
    return 1 if verification.sameness is Sameness.DIFFERENT else 0


def read_report(folder: Path) -> Report:
    """Return the report that is to be verified.

    Raises:
        ResultsError: There is none, it is damaged, or it is of our own failure.
    """
    try:
        report = Report.from_json((folder / "report.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultsError(
            f"{folder}: no report.json can be read in it ({error.strerror}); name the folder of "
            "one submission, such as results/submissions/<id>"
        ) from None
    except ValueError as error:
        raise ResultsError(f"{folder / 'report.json'} is damaged, or no report of ours") from error
    if report.verdict is Verdict.INTERNAL_ERROR:
        raise ResultsError(
            f"{folder}: nothing to verify: we failed to grade it (INTERNAL_ERROR); run "
            "`autograder grade` again"
        )
    return report


def read_submission(folder: Path, report: Report) -> Submission:
    """Return what was handed in, from the copy beside the report.

    Raises:
        ResultsError: There is no copy, or it is not what the report is about.
    """
    path = folder / "submission.zip"
    try:
        copy = path.read_bytes()
    except OSError as error:
        raise ResultsError(
            f"{path}: the copy of what was handed in cannot be read ({error.strerror}); without "
            "it there is nothing to grade again"
        ) from None
    try:
        submission = take_in_copy(copy, report.submission.id)
    except ResultsError as error:
        raise ResultsError(f"{path}: {error}") from error
    if submission.sha256 != report.submission.sha256:
        raise ResultsError(f"{path}: this is not what the report is about: its SHA-256 is another")
    handed_in = report.submission
    return replace(
        submission,
        student_id=handed_in.student_id,
        name=handed_in.name,
        submitted_at=handed_in.submitted_at,
        students=tuple(Person(**person.model_dump()) for person in handed_in.students),
        due=handed_in.due,
        marked_late=handed_in.marked_late,
        attempts=handed_in.attempts,
    )


def _refuse_other_rules(report: Report, config: Config, path: Path) -> None:
    if config.digest != report.rules_sha256:
        raise ResultsError(
            f"{path} has other rules than the report was made under (rules_sha256 "
            f"{report.rules_sha256[:12]}… there, {config.digest[:12]}… here); name those with "
            "--config"
        )


def _refuse_other_secret(report: Report, config: Config) -> None:
    """Spare a wrong holdout from being rendered."""
    was_default = report.dataset.holdout_is_default_seed
    if not config.dataset.hangs_on_secret or holdout_seed(os.environ).is_default == was_default:
        return
    if was_default:
        raise ResultsError(
            "the report was made on the holdout of the public try-out seed: unset the secret"
        )
    raise ResultsError(
        "the report was made on a holdout from a secret: set AUTOGRADER_HOLDOUT_SEED to it"
    )


def _refuse_other_data(report: Report, dataset: Dataset, holdout: Holdout) -> None:
    if dataset.fingerprint != report.dataset.fingerprint:
        raise ResultsError(
            "the images are not those that the report was made on (fingerprint "
            f"{report.dataset.fingerprint[:12]}… there, {dataset.fingerprint[:12]}… here)"
        )
    if holdout.sha256 != report.dataset.holdout_sha256:
        raise ResultsError(
            "the holdout is not the one that the report was made on"
            + ("; is the secret that of that time?" if dataset.kind != "imported" else "")
        )


def _refuse_other_checks(report: Report, assignment: Assignment) -> None:
    if report.checks_sha256 and report.checks_sha256 != assignment.checks_digest():
        raise ResultsError("the instructor's checks are not those that the report was made with")


def _show(verification: Verification, before: Report, now: Report, console: Console) -> None:
    table = Table(title=plain(before.submission.id), title_justify="left")
    for column in ("", "in the report", "now", ""):
        table.add_column(column)
    for one in verification.comparisons:
        table.add_row(one.name, plain(one.before), plain(one.now), _SIGNS[one.same])
    console.print(table)
    environment, here = before.environment, now.environment
    fingerprint = "the same" if environment.sha256 == here.sha256 else "another"
    others = ", ".join(other_parts(environment, here))
    there = f"; not the same there and here: {others}" if others else ""
    console.print(
        plain(f"fingerprint: {fingerprint} ({here.sha256[:16]}…){there}"), highlight=False
    )
    style = _STYLES[verification.sameness]
    line = f"{verification.sameness.value}: {verification.reason}"
    console.print(plain(line), style=style, highlight=False, soft_wrap=True)
