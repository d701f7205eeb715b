"""What `autograder calibrate` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from rich.console import Console
from rich.table import Table

from autograder.calibration import (
    FalseFails,
    Proposal,
    Rate,
    Spread,
    in_words,
    sd_between_runs,
    spread,
    strip,
)
from autograder.models import Verdict
from autograder.reports.report import Report
from autograder.rubric import Criterion, MetricCriterion
from autograder.view import plain

_COLUMNS = ("", "", "n", "mean", "SD", "min", "25 %", "median", "75 %", "max")


@dataclass(frozen=True)
class Series:
    """A criterion, or the total, of one solution or of a class: graded trainings only.

    Attributes:
        name: Of the solution or the class.
        values: Of its metric, for each submission those of its runs; empty if it has no metric.
        points: Likewise.
    """

    name: str
    values: tuple[tuple[float, ...], ...]
    points: tuple[tuple[float, ...], ...]

    @property
    def all_values(self) -> list[float]:
        """Of all submissions together."""
        return list(chain.from_iterable(self.values))

    @property
    def all_points(self) -> list[float]:
        """Of all submissions together."""
        return list(chain.from_iterable(self.points))


def show_ungraded(console: Console, solutions: Sequence[tuple[str, Sequence[Report]]]) -> None:
    """Print which trainings of solutions ended in a verdict without a score."""
    for name, reports in solutions:
        for report in reports:
            if report.verdict is not Verdict.GRADED:
                why = "; ".join(finding.message for finding in report.findings)
                line = f"{name}, seed {report.seeds.training}: {report.verdict} {why}".rstrip()
                console.print(plain(line), style="bold red")


def show_metric(
    console: Console,
    criterion: MetricCriterion,
    series: Sequence[Series],
    found: FalseFails,
    proposal: Proposal,
) -> None:
    """Print a criterion that has a threshold: distribution, false fails, proposal."""
    key, now = criterion.threshold_key, criterion.threshold
    _show_head(console, criterion, f"{criterion.metric}, {key} {now:g}")
    console.print(_table(series))
    _show_strips(console, series, now)
    for one in series:
        _show_luck(console, one.name, one.values, "{:.4f}")
    _say(console, in_words(criterion, found), "red" if found.is_too_high else "green")
    highest = proposal.threshold
    if highest is None:
        _say(console, f"proposal: none; {proposal.reason}.", "yellow")
    elif found.is_too_high:
        _say(console, f"proposal: {key} {now:g} → {highest:.2f}: {proposal.reason}.", "bold")
    else:
        _say(console, f"{key} may stay; {max(now, highest):g} is the most: {proposal.reason}.", "")


def show_other(
    console: Console,
    criterion: Criterion,
    series: Sequence[Series],
    lost: Sequence[tuple[str, Rate]],
) -> None:
    """Print a criterion about rules or a check: it has no threshold to move."""
    _show_head(console, criterion, "no threshold")
    console.print(_table(series))
    for name, counted in lost:
        line = (
            f"{name} does not get all of them in {counted.fails} of {counted.runs} trainings "
            f"(95 % interval {counted.low:.1%} to {counted.high:.1%})"
        )
        _say(console, line, "red" if counted.fails else "green")


def show_total(console: Console, max_score: float, series: Sequence[Series]) -> None:
    """Print how the score is distributed."""
    console.print()
    console.print(plain(f"Score, of {max_score:g} points"), style="bold")
    console.print(_table(series))
    for one in series:
        _show_luck(console, one.name, one.points, "{:.2f} points")


def _show_head(console: Console, criterion: Criterion | MetricCriterion, what: str) -> None:
    console.print()
    head = f"{criterion.id}: {criterion.title} ({criterion.points:g} points; {what})"
    console.print(plain(head), style="bold")


def _table(series: Sequence[Series]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, column in enumerate(_COLUMNS):
        named = number < 2
        table.add_column(
            column, justify="left" if named else "right", no_wrap=number > 0, overflow="fold"
        )
    for one in series:
        for what, numbers, places in (
            ("value", one.all_values, 4),
            ("points", one.all_points, 2),
        ):
            if numbers:
                table.add_row(plain(one.name), what, *_cells(spread(numbers), places))
    return table


def _cells(found: Spread, places: int) -> tuple[str, ...]:
    numbers = (
        found.mean, found.sd, found.minimum, found.lower_quartile, found.median,
        found.upper_quartile, found.maximum,
    )  # fmt: skip
    return str(found.count), *(f"{number:.{places}f}" for number in numbers)


def _show_strips(console: Console, series: Sequence[Series], mark: float) -> None:
    """Draw a histogram of each series, all to one scale, with the threshold in it."""
    everything = [*chain.from_iterable(one.all_values for one in series), mark]
    low, high = min(everything), max(everything)
    for one in series:
        if one.all_values:
            drawn = strip(one.all_values, low, high, mark)
            _say(console, f"{low:.3f} {drawn} {high:.3f}  {one.name}", "cyan")


def _show_luck(console: Console, name: str, numbers: Sequence[Sequence[float]], shown: str) -> None:
    """Print how much of a class's spread is due to seeds; of one submission, all of it is."""
    luck = sd_between_runs(numbers) if len(numbers) > 1 else None
    if luck is not None:
        _say(console, f"{name}: seeds alone make an SD of {shown.format(luck)}", "dim")


def _say(console: Console, line: str, style: str) -> None:
    console.print(plain(line), style=style, highlight=False)
