"""`make repeat`: grade the same over and over, under changing conditions; show what differs.

Exit code 1 if two grades of a submission differ in a hash or in their score, or if one failed; 130
if it was interrupted before all were made, and shows those that were.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.repeat.campaign import Run, distinct, faults, grade, open_folder
from tests.repeat.conditions import Step, plan

_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Carry out the plan; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.repeat", description=__doc__)
    parser.add_argument("--grades", type=int, default=100, help="in all (default: 100)")
    options = parser.parse_args(arguments)
    if options.grades < 1:
        parser.error("--grades must be at least 1")
    # However narrow the terminal, or none: the table is to be kept.
    console = Console(width=110)
    steps = plan(options.grades)
    runs: list[Run] = []
    with contextlib.suppress(KeyboardInterrupt):
        for run in _carry_out(steps, console):
            runs.append(run)  # noqa: PERF402 - those made so far are kept
    found = [*faults(runs)]
    if runs:
        _show(runs, console)
    for fault in found:
        console.print(escape(fault), style="red")
    if len(runs) < len(steps):
        console.print(f"interrupted: {len(runs)} of {len(steps)} conditions")
        return 1 if found else _INTERRUPTED
    return 1 if found else 0


def _carry_out(steps: Sequence[Step], console: Console) -> Iterator[Run]:
    with open_folder() as folder:
        for number, step in enumerate(steps):
            run = grade(step, folder / f"{number:02}", folder / "cache")
            done = f"{len(run.grades)} grades in {run.wall_s:.0f} s"
            console.print(f"{number + 1} of {len(steps)}: {step.condition.name}: {done}")
            yield run


def _show(runs: Sequence[Run], console: Console) -> None:
    table = Table("condition", title="The same, graded again and again")
    for heading in ("grades", "at once", "loops' CPU s", "wall s", "results a submission"):
        table.add_column(heading, justify="right")
    for run in runs:
        numbers = (f"{run.at_once}", f"{run.loops_cpu_s:.0f}", f"{run.wall_s:.0f}")
        most = max(len(results) for results in distinct(run.grades).values())
        table.add_row(run.condition.name, f"{len(run.grades)}", *numbers, f"{most}")
    console.print(table)
    grades = [one for run in runs for one in run.grades]
    table = Table("submission")
    for heading in ("grades", "weights", "predictions", "score"):
        table.add_column(heading, justify="right")
    for name, results in sorted(distinct(grades).items()):
        count = sum(one.submission == name for one in grades)
        for result in results:
            hashes = (str(digest)[:12] for digest in (result.weights, result.predictions))
            table.add_row(name, f"{count}", *hashes, f"{result.score}")
    console.print(table)
    first, last = (pick(one.started_at for one in grades) for pick in (min, max))
    apart = (last - first).total_seconds() / 60
    console.print(f"{len(grades)} grades; the first and the last began {apart:.1f} minutes apart")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
