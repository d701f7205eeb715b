"""How a batch goes on: what runs, how far each training is, how long the rest may take.

Covers: steps and histories are what students' jobs say of themselves, and may be anything. They
are bounded here, and believed by nobody but whoever looks at a curve or at the time left.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from autograder.jobs import Progress
from autograder.leftovers import read_history
from autograder.models import Epoch, Submission
from autograder.names import printable
from autograder.reports.markdown import visible
from autograder.reports.report import Report
from autograder.time_left import Ahead, in_words, roughly, time_left

_LATEST = 8
_CURVE_POINTS = 100
_HISTORY_BYTES = 1 << 18  # of honest lines, some 1500 epochs
_LARGEST_STEP = 1 << 53
_LARGEST_LOSS = 1e6
# Of its steps, before a training says how fast it is.
_SURE_SHARE = 0.03
_SURE_S = 2.0


@dataclass(frozen=True)
class Curves:
    """Learning curves so far, thinned; None where a number is not finite or absurdly large."""

    steps: tuple[int, ...] = ()
    loss: tuple[float | None, ...] = ()
    validation_loss: tuple[float | None, ...] = ()
    accuracy: tuple[float | None, ...] = ()
    validation_accuracy: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class RunningState:
    """A submission being graded; ``step`` and ``steps`` are 0 before it trains."""

    id: str
    shown_id: str
    name: str
    stage: str
    step: int
    steps: int
    epochs: int
    running_for: str
    left: str
    curves: Curves


@dataclass(frozen=True)
class FinishedState:
    """A submission whose report is written; ``cached`` if it was there from before."""

    id: str
    shown_id: str
    name: str
    verdict: str
    score: float | None
    max_score: float
    macro_f1: float | None
    cached: bool


@dataclass(frozen=True)
class BatchState:
    """All there is to show at one moment.

    Attributes:
        total: Submissions in the batch.
        finished: How many have a report.
        waiting: How many were not begun.
        running: Those under way, in the order in which they began.
        latest: The last few that finished, the newest first.
        running_for: In words.
        left: The time left in words; empty while nobody can know.
        over: Whether all is written, the page of the class, too.
    """

    total: int
    finished: int
    waiting: int
    running: tuple[RunningState, ...]
    latest: tuple[FinishedState, ...]
    running_for: str
    left: str
    over: bool


@lru_cache(maxsize=64)
def curves_of(history: bytes) -> tuple[int, Curves]:
    """Return the number of epochs in a job's ``history.jsonl`` so far, and their curves.

    What is not as the worker writes it has none.
    """
    # The last line may be half-written: it comes again.
    whole = history[: history.rfind(b"\n", 0, _HISTORY_BYTES) + 1]
    try:
        epochs = read_history(whole)
    except (ValueError, RecursionError):
        return 0, Curves()  # written over by the code that is trained; the verdict will say so
    shown = _thinned(epochs)
    return len(epochs), Curves(
        steps=tuple(min(epoch.step, _LARGEST_STEP) for epoch in shown),
        loss=tuple(_within(epoch.loss, _LARGEST_LOSS) for epoch in shown),
        validation_loss=tuple(_within(epoch.validation_loss, _LARGEST_LOSS) for epoch in shown),
        accuracy=tuple(_within(epoch.accuracy, 1) for epoch in shown),
        validation_accuracy=tuple(_within(epoch.validation_accuracy, 1) for epoch in shown),
    )


def _thinned(epochs: Sequence[Epoch]) -> Sequence[Epoch]:
    """Return so many of them as a small drawing can show, the last one among them."""
    every = math.ceil(len(epochs) / _CURVE_POINTS) or 1
    return epochs[::-1][::every][::-1]


def _within(value: float, largest: float) -> float | None:
    return round(value, 5) if 0 <= value <= largest else None


@dataclass(frozen=True)
class _Running:
    """A submission under way, as told so far."""

    id: str
    name: str
    began_at: float
    stage: str
    progress: Progress | None = None
    first_step: int = 0
    first_step_at: float = 0.0

    def told(self, progress: Progress, now: float) -> _Running:
        if not 0 <= progress.step <= progress.steps <= _LARGEST_STEP:
            return self
        if self.progress and self.progress.step <= progress.step:
            return replace(self, progress=progress)
        return replace(self, progress=progress, first_step=progress.step, first_step_at=now)

    def ahead(self, now: float) -> Ahead:
        """Return how long it runs, and how long its training will, going on as it did."""
        elapsed_s, left_s = now - self.began_at, None
        if self.progress:
            made, took_s = self.progress.step - self.first_step, now - self.first_step_at
            if made > _SURE_SHARE * self.progress.steps and took_s > _SURE_S:
                left_s = (self.progress.steps - self.progress.step) / made * took_s
        return Ahead(elapsed_s, left_s)

    def state(self, now: float) -> RunningState:
        ahead, progress = self.ahead(now), self.progress
        epochs, curves = curves_of(progress.history) if progress else (0, Curves())
        return RunningState(
            id=self.id,
            shown_id=_shown(self.id),
            name=self.name,
            stage=self.stage,
            step=progress.step if progress else 0,
            steps=progress.steps if progress else 0,
            epochs=epochs,
            running_for=in_words(ahead.elapsed_s),
            left="" if ahead.left_s is None else roughly(ahead.left_s),
            curves=curves,
        )


@dataclass
class _Told:
    """What was told so far."""

    running: dict[str, _Running] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    latest: list[FinishedState] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    one_was_trained: bool = False
    over: bool = False


class Watching:
    """Remembers what a `pipeline.Watcher` is told; threads may share it.

    Args:
        submissions: Of the batch.
        parallel: How many are graded at a time.
        clock: In seconds.
    """

    def __init__(
        self,
        submissions: Sequence[Submission],
        parallel: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._names = {submission.id: _shown(submission.name) for submission in submissions}
        self._parallel, self._clock = parallel, clock
        self._began_at = clock()
        self._told, self._lock = _Told(), threading.Lock()

    def stage(self, submission_id: str, stage: str) -> None:
        """A submission has entered a stage."""
        now = self._clock()
        with self._lock:
            earlier = self._told.running.get(submission_id)
            began_at = earlier.began_at if earlier else now
            name = self._names.get(submission_id, "")
            running = _Running(submission_id, name, began_at, stage)
            if earlier and not stage.startswith("training"):  # the curves so far stay
                running = replace(earlier, stage=stage)
            self._told.running[submission_id] = running

    def progress(self, submission_id: str, progress: Progress) -> None:
        """Its training has gone on, or so it says."""
        now = self._clock()
        with self._lock:
            running = self._told.running.get(submission_id)
            if running:
                self._told.running[submission_id] = running.told(progress, now)

    def finished(self, report: Report, *, cached: bool) -> None:
        """Its report is written."""
        now, told = self._clock(), self._told
        with self._lock:
            running = told.running.pop(report.submission.id, None)
            if running and not cached:
                told.took_s.append(now - running.began_at)
                told.one_was_trained |= report.plan is not None
            told.reports.append(report)
            told.latest = [_finished(report, cached=cached), *told.latest][:_LATEST]

    def end(self) -> None:
        """All is written, the page of the class, too."""
        with self._lock:
            self._told.over = True

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._told.over

    def has_finished(self, submission_id: str) -> bool:
        """Whether there is a report of a submission of this batch."""
        return any(report.submission.id == submission_id for report in self.reports())

    def reports(self) -> tuple[Report, ...]:
        """Return the reports so far."""
        with self._lock:
            return tuple(self._told.reports)

    def state(self) -> BatchState:
        """Return what there is to show now."""
        now, told = self._clock(), self._told
        with self._lock:
            running, latest = tuple(told.running.values()), tuple(told.latest)
            done, over = len(told.reports), told.over
            # Rejected ones take a moment; they say nothing of those that are trained.
            took_s = tuple(told.took_s) if told.one_was_trained else ()
        waiting = len(self._names) - done - len(running)
        ahead = [one.ahead(now) for one in running]
        left_s = time_left(ahead, took_s, waiting, self._parallel)
        return BatchState(
            total=len(self._names),
            finished=done,
            waiting=waiting,
            running=tuple(one.state(now) for one in running),
            latest=latest,
            running_for=in_words(now - self._began_at),
            left="" if left_s is None or not (running or waiting) else roughly(left_s),
            over=over,
        )


def _finished(report: Report, *, cached: bool) -> FinishedState:
    holdout = report.metrics.holdout
    return FinishedState(
        id=report.submission.id,
        shown_id=_shown(report.submission.id),
        name=_shown(report.submission.name),
        verdict=report.verdict.value,
        score=report.score,
        max_score=report.max_score,
        macro_f1=holdout.macro_f1 if holdout else None,
        cached=cached,
    )


def _shown(text: str) -> str:
    """Return a name on one line, shortened, without what is unseen."""
    return printable(" ".join(visible(text).split()))
