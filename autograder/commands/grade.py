"""`autograder grade`: submissions in, results out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from autograder.assignment import Assignment
from autograder.batch import Writer, grade_batch
from autograder.calibration_file import threshold_warnings
from autograder.ci.outputs import Outputs, outputs_for
from autograder.class_pictures import class_pictures, to_npz
from autograder.commands.opening import announce, grader_of, opened, parallel_jobs
from autograder.commands.taking_in import Given, show_matched, taken_in
from autograder.config import Config
from autograder.config_file import load_config
from autograder.errors import UserError
from autograder.gradebook import write_gradebook
from autograder.jobs import Progress
from autograder.lms.attempts import Which, counting
from autograder.lms.collecting import ClassWork
from autograder.models import Verdict
from autograder.pages.publish import (
    CLASS_PAGE_FILE,
    CLASSES_FILE,
    Publisher,
    draw_class_page,
    write_class_page,
)
from autograder.pages.similar_page import PAGE_FILE as SIMILAR_PAGE_FILE
from autograder.pages.similar_page import publish_similarity
from autograder.reports.files import remove, write_whole
from autograder.reports.report import Report
from autograder.store import Store
from autograder.view import BatchView, plain, show_batch
from autograder.watch_server import LivePage, Site
from autograder.watching import Watching
from autograder.way import Watcher


@dataclass(frozen=True)
class GradeOptions:
    """What was typed.

    Attributes:
        paths: Downloads, submissions, or folders of them.
        out: Results folder.
        config: grading.yaml.
        roster: Class list, if any.
        jobs: Submissions at a time; None for one per core.
        no_sandbox: Run students' code unconfined.
        watch: Serve a page that shows how it goes, while it goes.
        from_: Format that all paths have; None to tell by their names.
        attempt: Which of several attempts count.
        ci: CI service to write for, "auto" for the one that this is; None for none.
    """

    paths: Sequence[Path]
    out: Path
    config: Path
    roster: Path | None
    jobs: int | None
    no_sandbox: bool
    watch: bool = False
    from_: str | None = None
    attempt: Which = "latest"
    ci: str | None = None


class _Both:
    """Tells two watchers."""

    def __init__(self, one: Watcher, other: Watcher) -> None:
        self._one, self._other = one, other

    def stage(self, submission_id: str, stage: str) -> None:
        self._one.stage(submission_id, stage)
        self._other.stage(submission_id, stage)

    def progress(self, submission_id: str, progress: Progress) -> None:
        self._one.progress(submission_id, progress)
        self._other.progress(submission_id, progress)

    def finished(self, report: Report, *, cached: bool) -> None:
        self._one.finished(report, cached=cached)
        self._other.finished(report, cached=cached)


def grade(options: GradeOptions, console: Console) -> int:
    """Grade; return 0, or 1 if someone needs attention.

    Raises:
        UserError: Something given is unusable.
    """
    config = load_config(options.config)
    outputs = outputs_for(options.ci, os.environ)
    class_ = _class(options, outputs, config, console)
    submissions = class_.submissions
    parallel = parallel_jobs(options.jobs, config.limits, console)
    sealed = opened(config, options.config, console, no_sandbox=options.no_sandbox)
    watching = Watching(submissions, parallel)
    with _live_page(options, config, watching, console):
        with sealed as (assignment, runner), Store(options.out) as store:
            announce(assignment, submissions, console)
            warn(assignment)
            grader = grader_of(assignment, runner)
            signs = class_pictures(assignment)
            write_whole(options.out / CLASSES_FILE, to_npz(signs))
            with BatchView(console, len(submissions)) as view:
                writer = Writer(grader, store, _Both(watching, view), Publisher(signs))
                reports = grade_batch(submissions, writer, parallel)
            counted = counting(reports)
            with console.status("comparing submissions"):
                failed = _publish(options.out, counted, assignment.root)
            said = outputs.write(counted, submissions, options.out) if outputs else []
        watching.end()
        show_batch(console, counted)
        if class_.matched:
            show_matched(class_.matched, console)
        console.print(plain(f"gradebook: {options.out / 'gradebook.csv'}"))
        console.print(plain(f"class page: {options.out / CLASS_PAGE_FILE}"))
        failed += [
            f"{name} is graded, but its page could not be drawn: {why}"
            for name, why in writer.undrawn.items()
        ]
        _show_failed(failed, options.out)
    for line in said:
        click.echo(line)  # a command to the service: neither styled nor wrapped
    attention = any(report.verdict is Verdict.INTERNAL_ERROR for report in reports)
    return 1 if attention or failed else 0


def _class(
    options: GradeOptions, outputs: Outputs | None, config: Config, console: Console
) -> ClassWork:
    """Return what is to be graded."""
    alone = outputs.only_submission(options.paths, config) if outputs else None
    if alone:
        return ClassWork((alone,), (), None)
    given = Given(options.paths, options.roster, options.from_, options.attempt)
    return taken_in(given, config, console)


def _publish(out: Path, reports: Sequence[Report], root: Path) -> list[str]:
    """Write the gradebook, whatever becomes of the pages beside it; say what became of them.

    Raises:
        UserError: The disk refused.
    """
    failed: list[str] = []
    similar: Mapping[str, Sequence[str]] = {}
    with _sparing(out / SIMILAR_PAGE_FILE, failed):
        similar = publish_similarity(out, reports, root).flags
    write_gradebook(reports, out / "gradebook.csv", similar)
    with _sparing(out / CLASS_PAGE_FILE, failed):
        write_class_page(out, reports, similar)
    return failed


@contextmanager
def _sparing(page: Path, failed: list[str]) -> Iterator[None]:
    """A page that cannot be made costs nothing else; an earlier one would no longer hold."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        remove(page)
        failed.append(f"{page.name} could not be made: {type(error).__name__}: {error}")


def _show_failed(failed: Sequence[str], out: Path) -> None:
    errors = Console(stderr=True)
    for line in failed:
        errors.print(plain(line), style="bold red", soft_wrap=True)
    if failed:
        again = f"This is our fault; `autograder report {out}` tries again."
        errors.print(plain(again), soft_wrap=True)


def _live_page(
    options: GradeOptions, config: Config, watching: Watching, console: Console
) -> AbstractContextManager[object]:
    """Return what serves a page to watch, if asked to; grading does not depend on it."""

    def class_page(reports: Sequence[Report]) -> bytes:
        return draw_class_page(options.out, counting(reports), {})

    if not options.watch:
        return nullcontext()
    try:
        page = LivePage(Site(watching, config.assignment.name, options.out, class_page))
    except OSError as error:
        reason = error.strerror or error
        console.print(plain(f"no page to watch: {reason}; grading goes on"), style="yellow")
        return nullcontext()
    console.print(plain(f"watch: {page.address}"), soft_wrap=True, highlight=False)
    return page


def warn(assignment: Assignment) -> None:
    """Print, to stderr, what calibration knows against the thresholds."""
    errors = Console(stderr=True)
    for line in threshold_warnings(assignment):
        errors.print(plain(f"warning: {line}"), style="yellow", soft_wrap=True, highlight=False)
