"""`autograder calibrate`: how often our own thresholds fail work that deserves all points."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console

from autograder.assignment import Assignment
from autograder.batch import Writer, side_by_side
from autograder.calibration import Rate, Sample, propose, rate, weakest
from autograder.calibration_file import Calibration, basis_of, calibrated, save
from autograder.calibration_view import Series, show_metric, show_other, show_total, show_ungraded
from autograder.commands.opening import announce, grader_of, opened, parallel_jobs
from autograder.config import Config, ReportConfig
from autograder.config_edit import write_thresholds
from autograder.config_file import load_config
from autograder.errors import IntakeError
from autograder.intake import collect
from autograder.jobs import Progress
from autograder.models import Submission, Verdict
from autograder.pipeline import Grader
from autograder.reports.report import Report
from autograder.rubric import MetricCriterion
from autograder.scoring import classes_of
from autograder.stats import seeds_of
from autograder.store import Store
from autograder.view import BatchView, plain
from autograder.way import Watcher


@dataclass(frozen=True)
class CalibrateOptions:
    """What was typed.

    Attributes:
        paths: A sample class, shown beside the solutions; it decides nothing.
        solutions: Work that deserves all points: a folder of submissions.
        seeds: How many to try, from the one of the rules on.
        out: Results folder; one folder of it per seed.
        config: grading.yaml.
        write: Whether to change it.
        jobs: Trainings at a time; None for one per core.
        no_sandbox: Run submissions unconfined.
    """

    paths: Sequence[Path]
    solutions: Path | None
    seeds: int
    out: Path
    config: Path
    write: bool
    jobs: int | None
    no_sandbox: bool


@dataclass(frozen=True)
class Work:
    """One submission and what became of it, in the order of the seeds."""

    submission: Submission
    is_solution: bool
    reports: tuple[Report, ...]


class _SeedView:
    """Tells the view of a batch apart what runs under one seed from the same under another."""

    def __init__(self, view: Watcher, seed: int) -> None:
        self._view, self._seed = view, seed

    def _name(self, submission_id: str) -> str:
        return f"{submission_id}, seed {self._seed}"

    def stage(self, submission_id: str, stage: str) -> None:
        """A submission has entered a stage."""
        self._view.stage(self._name(submission_id), stage)

    def progress(self, submission_id: str, progress: Progress) -> None:
        """Its training has gone on."""
        self._view.progress(self._name(submission_id), progress)

    def finished(self, report: Report, *, cached: bool) -> None:
        """Its report is written."""
        own = report.submission
        named = own.model_copy(update={"id": self._name(own.id)})
        self._view.finished(report.model_copy(update={"submission": named}), cached=cached)


def calibrate(options: CalibrateOptions, console: Console) -> int:
    """Calibrate; return 0, or 1 if a training could not be graded for a fault of ours.

    Raises:
        UserError: Something given is unusable.
    """
    config = load_config(options.config)
    solutions, submissions = _take_in(options, config)
    seeds = seeds_of(config.seeds.training, options.seeds)
    sealed = opened(config, options.config, console, no_sandbox=options.no_sandbox)
    with sealed as (assignment, runner):
        announce(assignment, submissions, console)
        console.print(plain(f"seeds: {', '.join(map(str, seeds))}; kept in {options.out}"))
        graders = {
            seed: grader_of(dataclasses.replace(assignment, config=one_run(config, seed)), runner)
            for seed in seeds
        }
        parallel = parallel_jobs(options.jobs, config.limits, console)
        reports = _grade(graders, submissions, options, parallel, console)
    works = [
        Work(submission, submission.path in solutions, of_one)
        for submission, of_one in zip(submissions, reports, strict=True)
    ]
    return _conclude(works, assignment, seeds, options, console)


def one_run(config: Config, seed: int) -> Config:
    """Return rules that train once, under this seed, and keep no pictures: nobody looks at them."""
    once = {"training": seed, "min_runs": 1, "max_runs": 1}
    seeds, report = config.seeds.model_copy(update=once), ReportConfig(pictures=False)
    return config.model_copy(update={"seeds": seeds, "report": report})


def _take_in(
    options: CalibrateOptions, config: Config
) -> tuple[frozenset[Path], tuple[Submission, ...]]:
    """Return the paths of the solutions, and all submissions with the solutions first."""
    folder = options.solutions or options.config.resolve().parent / "solutions"
    solutions = frozenset(submission.path for submission in collect([folder], config))
    if not solutions:
        raise IntakeError(f"{folder} holds no solution to calibrate with")
    submissions = collect([folder, *options.paths], config)
    return solutions, tuple(sorted(submissions, key=lambda one: one.path not in solutions))


def _grade(
    graders: Mapping[int, Grader],
    submissions: Sequence[Submission],
    options: CalibrateOptions,
    parallel: int,
    console: Console,
) -> list[tuple[Report, ...]]:
    """Return the reports of each submission, in the order of the seeds."""
    with ExitStack() as held:
        view = held.enter_context(BatchView(console, len(submissions) * len(graders)))
        tasks = []
        for seed, grader in graders.items():
            store = held.enter_context(Store(options.out / f"seed-{seed}"))
            writer = Writer(grader, store, _SeedView(view, seed))
            tasks += [partial(writer.grade, submission) for submission in submissions]
        one, *_ = graders.values()  # they share a runner
        reports = side_by_side(tasks, parallel, one.stop)
    return [reports[number :: len(submissions)] for number in range(len(submissions))]


def _conclude(
    works: Sequence[Work],
    assignment: Assignment,
    seeds: Sequence[int],
    options: CalibrateOptions,
    console: Console,
) -> int:
    """Print everything; write what was asked for."""
    if _show_ours(works, seeds, console):
        return 1
    solutions = [work for work in works if work.is_solution]
    show_ungraded(console, [(work.submission.id, work.reports) for work in solutions])
    found: dict[str, tuple[Sample, ...]] = {}
    thresholds: dict[str, float] = {}
    for number, criterion in enumerate(assignment.config.rubric):
        series = _series(works, number)
        if isinstance(criterion, MetricCriterion):
            found[criterion.id] = samples = _samples(
                solutions, number, _step(criterion, assignment)
            )
            fails, proposal = weakest(samples, criterion.threshold), propose(criterion, samples)
            show_metric(console, criterion, series, fails, proposal)
            if fails.is_too_high and proposal.threshold is not None:
                thresholds[criterion.id] = proposal.threshold
        else:
            show_other(console, criterion, series, [_lost(work, number) for work in solutions])
    show_total(console, assignment.config.max_score, _series(works, None))
    if options.write:
        config = write_thresholds(options.config, assignment.config, thresholds)
        path = save(_calibration(config, assignment, seeds, solutions, found), options.config)
        console.print(plain(f"written: {options.config}, {path}"), soft_wrap=True)
    return 0


def _show_ours(works: Sequence[Work], seeds: Sequence[int], console: Console) -> bool:
    """Print which trainings failed for a fault of ours; return whether any did."""
    failed = [
        f"{work.submission.id}, seed {seed}"
        for work in works
        for seed, report in zip(seeds, work.reports, strict=True)
        if report.verdict is Verdict.INTERNAL_ERROR
    ]
    for name in failed:
        console.print(plain(f"could not be graded: {name}"), style="bold red")
    if failed:
        console.print("That is our fault. Run the same command again: only these are repeated.")
    return bool(failed)


def _series(works: Sequence[Work], number: int | None) -> list[Series]:
    """Return one criterion, or the total, of each solution and of the class as a whole."""
    groups = [(work.submission.id, [work]) for work in works if work.is_solution]
    others = [work for work in works if not work.is_solution]
    if others:
        groups.append((f"class of {len(others)}", others))
    found = []
    for name, members in groups:
        measured = [_measured(work, number) for work in members]
        values = tuple(tuple(value for value, _ in one if value is not None) for one in measured)
        points = tuple(tuple(points for _, points in one) for one in measured)
        found.append(Series(name, values, points))
    return found


def _measured(work: Work, number: int | None) -> list[tuple[float | None, float]]:
    """Return value and points of a criterion, or of the total, in each graded training."""
    graded = [report for report in work.reports if report.verdict is Verdict.GRADED]
    if number is None:
        return [(None, report.score or 0.0) for report in graded]
    criteria = [report.criteria[number] for report in graded]
    return [(criterion.value, criterion.points) for criterion in criteria]


def _samples(solutions: Sequence[Work], number: int, step: float) -> tuple[Sample, ...]:
    found = []
    for work in solutions:
        values = tuple(value for value, _ in _measured(work, number) if value is not None)
        found.append(Sample(work.submission.id, values, len(work.reports) - len(values), step))
    return tuple(found)


def _lost(work: Work, number: int) -> tuple[str, Rate]:
    """Return how often a solution did not get all points of a criterion without a threshold."""
    graded = [report for report in work.reports if report.verdict is Verdict.GRADED]
    full = sum(
        report.criteria[number].points == report.criteria[number].max_points for report in graded
    )
    return work.submission.id, rate(len(work.reports) - full, len(work.reports))


def _step(criterion: MetricCriterion, assignment: Assignment) -> float:
    """Return by how much one sign of the holdout changes a metric, about.

    The images of a track show the same sign and are mostly recognised together, or not.
    """
    assert assignment.holdout is not None
    labels, tracks = np.load(assignment.holdout.labels), np.load(assignment.holdout.tracks)
    classes = classes_of(criterion)
    chosen = tracks[np.isin(labels, classes)] if classes else tracks
    return 1 / max(1, len(np.unique(chosen)))


def _calibration(
    config: Config,
    assignment: Assignment,
    seeds: Sequence[int],
    solutions: Sequence[Work],
    found: Mapping[str, tuple[Sample, ...]],
) -> Calibration:
    sha256 = {work.submission.id: work.submission.sha256 for work in solutions}
    return Calibration(
        version=1,
        calibrated_at=datetime.now(UTC),
        seeds=tuple(seeds),
        basis=basis_of(assignment),
        criteria=tuple(
            calibrated(criterion, found[criterion.id], sha256)
            for criterion in config.rubric
            if isinstance(criterion, MetricCriterion)
        ),
    )
