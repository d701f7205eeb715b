"""Many submissions: side by side, each written as it ends, none graded twice for nothing."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from autograder.environment import harness_version
from autograder.errors import RunnerClosedError, UserError
from autograder.evidence import Evidence
from autograder.models import Submission, Verdict
from autograder.outcome import Outcome
from autograder.pipeline import Grader
from autograder.reports.build import ReportContext, build_report, restate
from autograder.reports.feedback import render_feedback
from autograder.reports.report import Report
from autograder.store import Store, cache_key
from autograder.way import Watcher

_ATTEMPTS = 2


def grade_batch(
    submissions: Sequence[Submission], writer: Writer, parallel: int
) -> tuple[Report, ...]:
    """Grade what has no valid result yet; write each result as it ends.

    Args:
        submissions: With distinct ids.
        writer: Grades one of them.
        parallel: Submissions at a time.

    Returns:
        One report a submission, in their order.

    Raises:
        UserError: The rules do not fit the data, or the disk refused.
    """
    tasks = [partial(writer.grade, submission) for submission in submissions]
    return side_by_side(tasks, parallel, writer.stop)


def side_by_side(
    tasks: Sequence[Callable[[], Report]], parallel: int, stop: Callable[[], None]
) -> tuple[Report, ...]:
    """Do so many at a time; return what each came to, in their order.

    Args:
        tasks: What to do.
        parallel: How many at a time.
        stop: Ends those that have begun; called when one raises, or on Ctrl-C.
    """
    with ThreadPoolExecutor(parallel, thread_name_prefix="grade") as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            for future in _as_completed(futures):
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise
    return tuple(future.result() for future in futures)


def _as_completed(futures: Sequence[Future[Report]]) -> Iterator[Future[Report]]:
    """Yield futures as they end, waking up often enough to notice Ctrl-C on every system."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
        yield from done


def grade_again(submission: Submission, grader: Grader, watcher: Watcher) -> Report:
    """Grade a submission whatever is known of it, and write nothing.

    Raises:
        UserError: The rules do not fit the data.
    """
    reporter = Reporter(grader, watcher)
    return reporter.report(submission, reporter.key(submission)).report


class Pages(Protocol):
    """Draws the page of one report."""

    def draw(self, report: Report, evidence: Evidence, log: bytes) -> bytes:
        """Return it as HTML."""

    def redraw(self, report: Report, folder: Path) -> bytes:
        """Return it as HTML, from what lies beside an earlier report."""


@dataclass(frozen=True)
class Graded:
    """What grading one submission came to."""

    report: Report
    outcome: Outcome


class Writer:
    """Grades one submission and writes its results, unless they are there already.

    Args:
        grader: Takes one submission all the way.
        store: Entered, so locked.
        watcher: Told how it goes.
        pages: Draws the reports; without it none is drawn.

    Attributes:
        undrawn: By the ids of submissions whose page could not be drawn, why.
    """

    def __init__(
        self, grader: Grader, store: Store, watcher: Watcher, pages: Pages | None = None
    ) -> None:
        self._store, self._watcher, self._pages = store, watcher, pages
        self._config = grader.assignment.config
        self.stop = grader.stop
        self.undrawn: dict[str, str] = {}
        self._reporter = Reporter(grader, watcher)

    def grade(self, submission: Submission) -> Report:
        """Return its report: an earlier one that still holds, or a new one, written."""
        key = self._reporter.key(submission)
        earlier = self._store.load(submission.id, key)
        if earlier is not None:
            report = restate(earlier, submission, self._config)
            if report != earlier:
                self._store.rewrite(report, self._restated(report))
            self._watcher.finished(report, cached=True)
            return report
        graded = self._reporter.report(submission, key)
        self._store.write(graded.report, self._files(graded, submission))
        self._watcher.finished(graded.report, cached=False)
        return graded.report

    def _files(self, graded: Graded, submission: Submission) -> dict[str, bytes]:
        """Return all that lies beside a new report."""
        report, outcome = graded.report, graded.outcome
        files = {
            "feedback.md": _encoded(render_feedback(report)),
            "job.log": outcome.log,
            "submission.zip": submission.copy,
        }
        if outcome.sealed_log:
            files["sealed.log"] = outcome.sealed_log
        if self._pages:
            draw = partial(self._pages.draw, report, outcome.evidence, outcome.log)
            files["evidence.npz"] = outcome.evidence.to_npz()
            files |= self._page(report, draw)
        return files

    def _restated(self, report: Report) -> dict[str, bytes]:
        """Return what changes beside a report that was only restated."""
        files = {"feedback.md": _encoded(render_feedback(report))}
        if self._pages:
            folder = self._store.folder(report.submission.id)
            files |= self._page(report, partial(self._pages.redraw, report, folder))
        return files

    def _page(self, report: Report, draw: Callable[[], bytes]) -> dict[str, bytes]:
        """Return the page as a file; one that cannot be drawn must not cost a graded result."""
        try:
            return {"report.html": draw()}
        except Exception as error:
            self.undrawn[report.submission.id] = f"{type(error).__name__}: {error}"
            return {}


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


class Reporter:
    """Grades one submission and says so in a report."""

    def __init__(self, grader: Grader, watcher: Watcher) -> None:
        self._grader, self._watcher = grader, watcher
        self._assignment = assignment = grader.assignment
        self._rules_digest = assignment.config.model_copy(update={"late": None}).digest
        self._checks_digest = assignment.checks_digest()
        self._harness_version = harness_version()

    def report(self, submission: Submission, key: str) -> Graded:
        """Grade it; return the report and what it was made of."""
        started_at = datetime.now(UTC)
        return self.report_on(submission, self._outcome(submission), key, started_at)

    def report_on(
        self, submission: Submission, outcome: Outcome, key: str, started_at: datetime
    ) -> Graded:
        """Write down an outcome."""
        context = self._context(key, started_at)
        return Graded(build_report(submission, outcome, context), outcome)

    def _outcome(self, submission: Submission) -> Outcome:
        """Grade; what is our own fault is tried again, then told as such."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._grader.grade(submission, self._watcher)
            except (UserError, RunnerClosedError):
                raise  # nothing more can be graded: the rules are wrong, or we are to stop
            except Exception:
                if attempt == _ATTEMPTS:
                    note = traceback.format_exc()
        return Outcome(Verdict.INTERNAL_ERROR, note=note)

    def _context(self, key: str, started_at: datetime) -> ReportContext:
        assignment = self._assignment
        return ReportContext(
            config=assignment.config,
            class_names=assignment.dataset.class_names,
            environment=assignment.environment,
            dataset_fingerprint=assignment.dataset.fingerprint,
            holdout_sha256=assignment.holdout.sha256 if assignment.holdout else "",
            holdout_is_default_seed=assignment.default_holdout,
            isolation=assignment.isolation,
            cache_key=key,
            started_at=started_at,
            graded_at=datetime.now(UTC),
            checks_sha256=self._checks_digest,
        )

    def key(self, submission: Submission) -> str:
        """Return the key that an earlier result must have to be this one's."""
        assignment = self._assignment
        return cache_key(
            submission_sha256=submission.sha256,
            rules_digest=self._rules_digest,
            dataset_fingerprint=assignment.dataset.fingerprint,
            holdout_sha256=assignment.holdout.sha256 if assignment.holdout else "",
            environment_fingerprint=assignment.environment.sha256,
            checks_digest=self._checks_digest,
            isolation=assignment.isolation,
            harness_version=self._harness_version,
        )
