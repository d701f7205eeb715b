"""Grades the same submissions over and over, and gathers what each grade came to.

::

    <folder>/cache/               of the grader: the images, the same for all
             <number>/class/      copies of the submissions, graded side by side
                      results/
                      current/    where the grader stands
                      temporary/
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.models import Verdict
from autograder.reports.report import Report
from tests.repeat.conditions import Condition, Step
from tests.repeat.load import busy

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
_SECRET = "the same holdout for every one of these grades"
# A grader's exit code where a verdict is INTERNAL_ERROR, which is told with the other faults.
_ATTENTION = 1
_GRADE = "from autograder.cli import main; main()"


@dataclass(frozen=True)
class Result:
    """What must be the same whenever a submission is graded.

    Attributes:
        weights: SHA-256 over the trained weights.
        predictions: SHA-256 over the raw predictions of both splits.
        score: In points, all digits.
    """

    weights: str | None
    predictions: str | None
    score: float | None

    @property
    def complete(self) -> bool:
        """Whether there is anything to compare; a score of zero would be that of anybody."""
        return bool(self.weights and self.predictions and self.score)


@dataclass(frozen=True)
class Grade:
    """One submission, graded once; `started_at` and `graded_at` as its report has them."""

    submission: str
    verdict: Verdict
    result: Result
    started_at: datetime
    graded_at: datetime


@dataclass(frozen=True)
class Run:
    """What came of one step of the plan.

    Attributes:
        condition: Under which it was.
        grades: What was graded.
        wall_s: Seconds that it took, start of the grader included.
        loops_cpu_s: CPU seconds that busy loops took meanwhile.
    """

    condition: Condition
    grades: tuple[Grade, ...]
    wall_s: float
    loops_cpu_s: float

    @property
    def at_once(self) -> int:
        """How many submissions were being graded at a time, at most."""
        return max(
            sum(one.started_at <= other.started_at < one.graded_at for one in self.grades)
            for other in self.grades
        )


def distinct(grades: Iterable[Grade]) -> dict[str, set[Result]]:
    """Return the different results of each submission: one, if all is well."""
    results = defaultdict(set)
    for grade in grades:
        results[grade.submission].add(grade.result)
    return dict(results)


def faults(runs: Sequence[Run]) -> Iterator[str]:
    """Say what is not as it should be, in words."""
    first: dict[str, Result] = {}
    for run in runs:
        for grade in run.grades:
            who = f"{grade.submission}, {run.condition.name}"
            if grade.verdict is not Verdict.GRADED or not grade.result.complete:
                yield f"{who}: {grade.verdict.name}, {grade.result}"
            elif grade.result != first.setdefault(grade.submission, grade.result):
                yield f"{who}: {grade.result}, not {first[grade.submission]}"
        if run.condition.jobs > 1 and len(run.grades) > 1 and run.at_once == 1:
            yield f"{run.condition.name}: no two were graded at the same time"


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """Make a temporary folder that jobs with a user id of their own can pass through."""
    with tempfile.TemporaryDirectory(prefix="repeat-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def grade(step: Step, folder: Path, cache: Path) -> Run:
    """Grade one step of the plan in a folder that does not exist yet.

    Raises:
        CalledProcessError: The grader failed; what it printed is on our standard output.
    """
    condition = step.condition
    # A name unlike any other, for whoever handles paths as text.
    place = folder / "another place, ü" if condition.elsewhere else folder
    for name in ("current", "temporary"):
        (place / name).mkdir(parents=True)
    copies = {f"{number:03}-{name}": name for number, name in enumerate(step.submissions)}
    for copy, name in copies.items():
        shutil.copytree(HERE / "submissions" / name, place / "class" / copy)
    started = time.monotonic()
    with busy(condition.loops_per_core * _cores()) as load:
        _run(condition, place, cache)
    wall_s = time.monotonic() - started
    grades = tuple(_read(place / "results", copy, name) for copy, name in copies.items())
    return Run(condition, grades, wall_s, load.cpu_s)


def _run(condition: Condition, place: Path, cache: Path) -> None:
    command = [sys.executable, "-P", "-c", _GRADE, "grade", str(place / "class")]
    command += ["--out", str(place / "results"), "--config", str(HERE / "rules.yaml")]
    command += ["--jobs", str(condition.jobs), *(["--no-sandbox"] if condition.cold else [])]
    environment = {
        **os.environ,
        "AUTOGRADER_CACHE": str(cache),
        "AUTOGRADER_HOLDOUT_SEED": _SECRET,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(place / "temporary"),
    }
    done = subprocess.run(
        command,
        env=environment,
        cwd=place / "current",
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    if done.returncode > _ATTENTION:
        sys.stdout.write(done.stdout + done.stderr)
        done.check_returncode()


def _read(results: Path, copy: str, submission: str) -> Grade:
    text = (results / "submissions" / copy / "report.json").read_text(encoding="utf-8")
    report = Report.from_json(text)
    return Grade(
        submission=submission,
        verdict=report.verdict,
        result=Result(report.weights_sha256, report.predictions_sha256, report.score),
        started_at=report.timings.started_at,
        graded_at=report.timings.graded_at,
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))
