"""What a person sees on the terminal. Text of students is shown, never interpreted."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from autograder.gradebook import summarise
from autograder.jobs import Progress as JobProgress
from autograder.measures import CriterionResult, Robustness
from autograder.models import Diagnosis, Epoch, Finding, Verdict
from autograder.reports.report import Report

_SIGNS = {"mistake": (" ✗ ", "red"), "advice": (" ! ", "yellow"), "information": (" · ", "dim")}
_WORKFLOW_COMMAND = re.compile(r":(?=:[A-Za-z])|##(?=\w*\[[A-Za-z])")
_STYLES = {Verdict.GRADED: "green", Verdict.INTERNAL_ERROR: "bold red"}


def plain(text: str) -> Text:
    """Return text without markup, control characters and what a CI service would obey.

    GitHub takes a line that begins with ``::name`` or ``##[name]`` for a command, wherever the
    line was wrapped; Azure and TeamCity look for ``##vso[name]`` and ``##teamcity[name]``.
    """
    shown = "".join(
        char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text
    )
    return Text(_WORKFLOW_COMMAND.sub(r"\g<0> ", shown))


class Bar:
    """A progress bar for one thing of known length.

    Args:
        console: Where it is drawn.
        announce: Whether a line says so where there is no terminal to draw on.
    """

    def __init__(self, console: Console, *, announce: bool = True) -> None:
        self._console, self._announce = console, announce
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console,
            transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, total: int, what: str) -> None:
        """Show how far something is."""
        if self._task is None:
            self._task = self._progress.add_task(what, total=total)
            if self._announce and not self._console.is_terminal:
                self._console.print(f"{what} …", markup=False)
        self._progress.update(self._task, completed=done, total=total, description=what)


class BatchView:
    """One progress bar per running submission above a bar for all of them."""

    def __init__(self, console: Console, total: int) -> None:
        self._console, self._lock = console, threading.Lock()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False), TextColumn("{task.fields[stage]}"),
            BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console,
        )  # fmt: skip
        self._running: dict[str, TaskID] = {}
        self._all = self._progress.add_task("all submissions", total=total, stage="")
        self._live = (
            Live(self._progress, console=console, transient=True) if console.is_terminal else None
        )

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def stage(self, submission_id: str, stage: str) -> None:
        """A submission has entered a stage."""
        with self._lock:
            if submission_id not in self._running:
                name = plain(submission_id).plain
                self._running[submission_id] = self._progress.add_task(
                    name, total=None, stage=stage
                )
            self._progress.update(self._running[submission_id], stage=stage)

    def progress(self, submission_id: str, progress: JobProgress) -> None:
        """Its training has gone on."""
        with self._lock:
            task = self._running.get(submission_id)
            if task is not None:
                self._progress.update(task, completed=progress.step, total=progress.steps)

    def finished(self, report: Report, *, cached: bool) -> None:
        """Its report is written: one line that stays."""
        with self._lock:
            task = self._running.pop(report.submission.id, None)
            if task is not None:
                self._progress.remove_task(task)
            self._progress.advance(self._all)
        line = Text.assemble(
            plain(report.submission.id), "  ", _verdict(report.verdict), "  ",
            _points(report.score, report.max_score), "  (as before)" if cached else "",
        )  # fmt: skip
        self._console.print(line, highlight=False)


def show_batch(console: Console, reports: Sequence[Report]) -> None:
    """Print the summary of a class."""
    summary = summarise(reports)
    console.print(_table(reports, summary.max_score or 0, wide=console.width >= 110))
    counts = ", ".join(f"{count} {verdict}" for verdict, count in summary.counts.items())
    console.print(Text(f"{len(reports)} submissions: {counts}"))
    if summary.mean_score is not None:
        console.print(
            Text(
                f"score: mean {summary.mean_score:.1f}, median {summary.median_score:.1f}, "
                f"from {summary.lowest_score:.1f} to {summary.highest_score:.1f}"
            )
        )
    for name in summary.needs_attention:
        console.print(Text.assemble(("needs attention: ", "bold red"), plain(name)))


def _table(reports: Sequence[Report], max_score: float, *, wide: bool) -> Table:
    """Return one row a submission; what a narrow terminal has no room for is in the gradebook."""
    named = wide and any(report.submission.name for report in reports)
    late = any(report.late.points for report in reports)
    table = Table(title=f"Results, of {max_score:g} points", title_justify="left")
    table.add_column("submission", overflow="ellipsis", no_wrap=True)
    if named:
        table.add_column("name", overflow="ellipsis", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    columns = ["score", *(["late"] if late and wide else []), *(["grade"] if late else [])]
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    if wide:
        table.add_column("± points", justify="right", no_wrap=True)
        table.add_column("runs", justify="right", no_wrap=True)
    table.add_column("macro-F1", justify="right", no_wrap=True)
    if wide or not late:
        table.add_column("CPU s", justify="right", no_wrap=True)
    table.add_column("flags", overflow="fold")
    # What is true of all was said once, before.
    common = set.intersection(*(set(report.flags) for report in reports))
    for report in sorted(reports, key=lambda report: report.submission.id):
        holdout = report.metrics.holdout
        points = {
            "score": report.score,
            "late": -report.late.points or None,
            "grade": report.grade,
        }
        table.add_row(
            plain(report.submission.id),
            *([plain(report.submission.name)] if named else []),
            _verdict(report.verdict),
            *("" if points[name] is None else f"{points[name]:.2f}" for name in columns),
            *(_certainty(report) if wide else ()),
            f"{holdout.macro_f1:.4f}" if holdout else "",
            *([f"{report.timings.cpu_s:.1f}"] if wide or not late else []),
            ", ".join(flag for flag in report.flags if flag not in common),
        )
    return table


def _certainty(report: Report) -> tuple[str, str]:
    """Return the score's standard error and the number of runs."""
    runs = report.runs
    return (f"{runs.score_se:.1f}", str(len(runs.made))) if runs else ("", "")


def show_findings(console: Console, findings: Sequence[Finding], *, style: str = "red") -> None:
    """Print findings with their place, and what to do about each."""
    for finding in findings:
        console.print(Text.assemble((" ✗ ", style), plain(str(finding))), highlight=False)
        if finding.hint:
            console.print(Text.assemble("   ", plain(finding.hint)), highlight=False)


def show_diagnoses(console: Console, diagnoses: Sequence[Diagnosis]) -> None:
    """Print what a training suffers from, and what to try next."""
    for diagnosis in diagnoses:
        sign, style = _SIGNS[diagnosis.kind]
        console.print(Text.assemble((sign, style), plain(diagnosis.message)), highlight=False)
        if diagnosis.hint:
            console.print(Text.assemble("   ", plain(diagnosis.hint)), highlight=False)


def show_criteria(console: Console, criteria: Sequence[CriterionResult], title: str) -> None:
    """Print what each criterion came to, and why."""
    table = Table(title=title, title_justify="left", show_lines=True)
    for column in ("criterion", "points", "why"):
        table.add_column(column, justify="right" if column == "points" else "left")
    for criterion in criteria:
        points = _points(criterion.points, criterion.max_points)
        table.add_row(plain(criterion.title), points, plain(criterion.reason))
    console.print(table)


def show_robustness(console: Console, robustness: Robustness) -> None:
    """Draw a bar for each corruption: mean macro-F1 over its severities."""
    clean = {"as they were": robustness.clean_macro_f1}
    console.print(f"macro-F1 on corrupted images (mean {robustness.macro_f1:.4f})")
    for name, value in (clean | robustness.by_corruption).items():
        filled = round(30 * value)
        bar = "━" * filled + "╌" * (30 - filled)
        line = f"  {name.replace('_', ' '):<14} {bar} {value:.3f}"
        console.print(Text(line), soft_wrap=True)


def show_epoch(console: Console, epoch: Epoch, epochs: int) -> None:
    """Print one finished epoch as one line that ends in a bar of its validation accuracy."""
    line = (
        f"epoch {epoch.epoch:>3}/{epochs}  loss {epoch.loss:.3f}  accuracy {epoch.accuracy:.3f}"
        f"  validation loss {epoch.validation_loss:.3f}  accuracy {epoch.validation_accuracy:.3f}  "
    )
    width = max(0, min(30, console.width - len(line) - 1))
    filled = round(width * _share(epoch.validation_accuracy))
    console.print(Text(line + "━" * filled + "╌" * (width - filled)), soft_wrap=True)


def show_learning_curve(console: Console, history: Sequence[Epoch]) -> None:
    """Draw accuracy by epoch, on training and on validation images."""
    import plotext as plot

    if len(history) < 2:
        return
    epochs = list(range(1, len(history) + 1))
    training = [_share(epoch.accuracy) for epoch in history]
    validation = [_share(epoch.validation_accuracy) for epoch in history]
    plot.clear_figure()
    plot.theme("clear")
    plot.plot_size(min(console.width, 90), 18)
    plot.plot(epochs, training, label="training", marker="dot")
    plot.plot(epochs, validation, label="validation", marker="braille")
    plot.title("Accuracy by epoch")
    plot.xticks(epochs[:: max(1, len(epochs) // 10)])
    plot.ylim(0, 1)
    console.print(Text(plot.uncolorize(plot.build())), soft_wrap=True)


def _share(accuracy: float) -> float:
    """Return what can be drawn of a number that is a job's own word."""
    return min(max(accuracy, 0.0), 1.0) if math.isfinite(accuracy) else 0.0


def _verdict(verdict: Verdict) -> Text:
    return Text(verdict.value, style=_STYLES.get(verdict, "yellow"))


def _points(points: float | None, max_points: float) -> str:
    return "" if points is None else f"{points:.2f} / {max_points:g}"
