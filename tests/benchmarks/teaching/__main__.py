"""`make bench-teaching`: what the ideas of the course are worth, on its data and within its budget.

Every training is kept in the results folder. So whoever interrupts this and runs it again goes on
where it stopped, and a change of the data, the rules or a network trains anew what it concerns.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from autograder.assignment import Assignment
from autograder.batch import Writer, grade_batch
from autograder.commands.calibrate import one_run
from autograder.commands.opening import announce, grader_of, opened
from autograder.config_file import load_config
from autograder.errors import UserError
from autograder.intake import collect
from autograder.reports.report import Report
from autograder.stats import seeds_of
from autograder.store import Store
from autograder.view import BatchView
from tests.benchmarks.teaching.entries import ENTRIES, ROOT, Entry
from tests.benchmarks.teaching.page import show, write_page
from tests.benchmarks.teaching.results import Row, rows


def main(arguments: Sequence[str]) -> int:
    """Train what is not trained yet, show the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.teaching", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="of each (default: 5)")
    parser.add_argument("--only", nargs="+", metavar="ID", help="such as vgg-pose")
    parser.add_argument("--out", type=Path, default=ROOT / "results-teaching")
    parser.add_argument("--config", type=Path, default=ROOT / "grading.yaml")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at a time (default: 1)")
    parser.add_argument("--write", action="store_true", help="docs/teaching.md and its picture")
    options = parser.parse_args(arguments)
    entries = [entry for entry in ENTRIES if not options.only or entry.id in options.only]
    if not entries or options.seeds < 1:
        parser.error(f"nothing to train; there are {', '.join(entry.id for entry in ENTRIES)}")
    console = Console()
    try:
        found = _measure(entries, options, console)
    except UserError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        console.print("interrupted; the same command goes on from here")
        return 130
    show(found, console)
    if options.write:
        write_page(found, ROOT / "docs")
    return 0 if all(len(row.macro_f1) == options.seeds for row in found) else 1


def _measure(
    entries: Sequence[Entry], options: argparse.Namespace, console: Console
) -> tuple[Row, ...]:
    config = load_config(options.config)
    folders = [entry.write(options.out / "submissions") for entry in entries]
    submissions = collect(folders, config)
    reports: list[Report] = []
    with opened(config, options.config, console, no_sandbox=False) as (assignment, runner):
        announce(assignment, submissions, console)
        for seeded in _by_seed(assignment, options.seeds):
            seed = seeded.config.seeds.training
            console.rule(f"seed {seed}")
            grader = grader_of(seeded, runner)
            with (
                Store(options.out / f"seed-{seed}") as store,
                BatchView(console, len(submissions)) as view,
            ):
                reports += grade_batch(submissions, Writer(grader, store, view), options.jobs)
    return rows(entries, reports)


def _by_seed(assignment: Assignment, count: int) -> Iterator[Assignment]:
    for seed in seeds_of(assignment.config.seeds.training, count):
        yield dataclasses.replace(assignment, config=one_run(assignment.config, seed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
