"""Opens what every verb needs: rules, data, a runner for jobs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from autograder.assignment import Assignment
from autograder.config import Config, LimitsConfig
from autograder.confined_runner import SandboxRunner
from autograder.corrupted import CorruptedImages, open_corrupted
from autograder.data_cache import Split, verify
from autograder.datasets import Dataset, Holdout, open_dataset, open_holdout
from autograder.desk import JobDesk, data_paths
from autograder.environment import detect_environment
from autograder.errors import DatasetError, SandboxUnavailableError
from autograder.holdout_seed import TRY_OUT_SEED, holdout_seed
from autograder.machine import jobs_that_fit, memory_mib
from autograder.models import Submission
from autograder.pipeline import Grader
from autograder.plain_runner import PlainRunner
from autograder.rubric import CheckCriterion
from autograder.runner import Runner
from autograder.view import Bar, plain


def open_data(config: Config, console: Console) -> Dataset:
    """Return the public splits, built if this is the first time."""
    # Only there it decides what is public, too; students have none.
    seed = holdout_seed(os.environ).value if config.dataset.kind == "folder" else TRY_OUT_SEED
    with Bar(console) as bar:
        return open_dataset(config.dataset, progress=bar, seed=seed)


def open_sealed(config: Config, console: Console) -> tuple[Holdout, bool]:
    """Return the holdout, and whether it comes from the seed that everybody knows."""
    seed = holdout_seed(os.environ)
    secret = config.dataset.hangs_on_secret
    if seed.is_weak and secret:
        console.print(
            "The holdout's secret is short enough to be guessed: use a longer one, such as what "
            "`openssl rand -hex 16` prints.",
            style="yellow",
        )
    with Bar(console) as bar:
        holdout = open_holdout(config.dataset, seed.value, progress=bar)
    return holdout, seed.is_default and secret


def check_whole(splits: Mapping[str, Split]) -> None:
    """Make sure that nobody is graded on images that a disk or somebody else has changed.

    Raises:
        DatasetError: A split is not as it was built.
    """
    for name, split in splits.items():
        if not verify(split):
            raise DatasetError(
                f"{split.images.parent}: the {name} split is not as it was built; delete that "
                "folder, and it is built again"
            )


def open_spoiled(config: Config, scored: Split, console: Console) -> CorruptedImages | None:
    """Return the corrupted images of the split that is scored, if the rubric asks for them."""
    if not config.asks_for_robustness:
        return None
    with Bar(console) as bar:
        return open_corrupted(scored, config.robustness, progress=bar)


def sandboxed(
    config: Config,
    dataset: Dataset,
    holdout: Holdout | None,
    corrupted: CorruptedImages | None = None,
) -> SandboxRunner:
    """Return a runner for code that nobody trusts.

    Raises:
        SandboxUnavailableError: This machine cannot confine jobs.
    """
    strict = config.reproducibility == "strict"
    return SandboxRunner(data_paths(dataset, holdout, corrupted), strict=strict)


def runner_for_all(
    config: Config,
    dataset: Dataset,
    holdout: Holdout,
    corrupted: CorruptedImages | None,
    *,
    no_sandbox: bool,
) -> Runner:
    """Return a runner for a class: confined, unless somebody said that it need not be.

    Raises:
        SandboxUnavailableError: This machine cannot confine jobs.
        DatasetError: The answers lie where jobs could read them.
    """
    if no_sandbox:
        return PlainRunner(strict=config.reproducibility == "strict")
    runner = sandboxed(config, dataset, holdout, corrupted)
    # Where images come from there are answers, too; what was imported is parted already.
    source = None if config.dataset.kind == "imported" else config.dataset.path
    for path in (holdout.labels, source):
        if path and runner.could_read(path):
            runner.close()
            raise DatasetError(
                f"{path}: students' code could read the answers there; move it elsewhere, or let "
                "nobody else read it (chmod 700)"
            )
    return runner


def for_own_code(
    config: Config, dataset: Dataset, corrupted: CorruptedImages | None = None
) -> Runner:
    """Return a runner for a student's own code: sandboxed where that works, plain elsewhere."""
    try:
        return sandboxed(config, dataset, None, corrupted)
    except SandboxUnavailableError:
        return PlainRunner(strict=config.reproducibility == "strict")


def sealed_assignment(  # noqa: PLR0913 - what an assignment is made of
    config: Config,
    path: Path,
    dataset: Dataset,
    holdout: Holdout,
    runner: Runner,
    *,
    corrupted: CorruptedImages | None,
    default_holdout: bool,
) -> Assignment:
    """Return the assignment as the grader sees it: scored on the holdout."""
    return Assignment(
        config=config,
        config_path=path,
        dataset=dataset,
        holdout=holdout,
        environment=detect_environment(config.reproducibility),
        default_holdout=default_holdout,
        isolation=runner.isolation,
        corrupted=corrupted,
    )


@contextmanager
def opened(
    config: Config, config_path: Path, console: Console, *, no_sandbox: bool
) -> Iterator[tuple[Assignment, Runner]]:
    """Open data, holdout and a runner, to grade for marks.

    Raises:
        UserError: The data or this machine will not do.
    """
    dataset = open_data(config, console)
    holdout, default_holdout = open_sealed(config, console)
    corrupted = open_spoiled(config, holdout, console)
    check_whole({"train": dataset.train, "validation": dataset.validation, "holdout": holdout})
    with runner_for_all(config, dataset, holdout, corrupted, no_sandbox=no_sandbox) as runner:
        assignment = sealed_assignment(
            config, config_path, dataset, holdout, runner,
            corrupted=corrupted, default_holdout=default_holdout,
        )  # fmt: skip
        yield assignment, runner


def grader_of(assignment: Assignment, runner: Runner) -> Grader:
    """Return a grader that trains for marks."""
    return Grader(
        assignment,
        JobDesk(
            runner,
            assignment.config,
            assignment.dataset,
            assignment.holdout,
            assignment.corrupted,
        ),
    )


def announce(assignment: Assignment, submissions: Sequence[Submission], console: Console) -> None:
    """Print what is about to be graded, and what speaks against giving marks for it."""
    data, config = assignment.dataset, assignment.config
    console.print(
        plain(
            f"{config.assignment.name}: {len(submissions)} submissions; "
            f"{data.train.count} training, {data.validation.count} validation, "
            f"{assignment.holdout.count if assignment.holdout else 0} holdout images; "
            f"isolation {assignment.isolation}"
        )
    )
    if assignment.default_holdout:
        console.print(
            "The holdout comes from the public try-out seed: set AUTOGRADER_HOLDOUT_SEED before "
            "grading for marks.",
            style="yellow",
        )
    if assignment.isolation == "none":
        console.print(
            "No sandbox: students' code can read and change whatever you can.", style="bold red"
        )


def own_assignment(
    config: Config,
    path: Path,
    dataset: Dataset,
    runner: Runner,
    corrupted: CorruptedImages | None = None,
) -> Assignment:
    """Return the assignment as a student sees it: scored on the validation split."""
    hidden = [
        criterion
        for criterion in config.rubric
        if isinstance(criterion, CheckCriterion)
        and not (path.resolve().parent / criterion.check.partition("::")[0]).is_file()
    ]
    shown = tuple(criterion for criterion in config.rubric if criterion not in hidden)
    return Assignment(
        config=config.model_copy(update={"rubric": shown}),
        config_path=path,
        dataset=dataset,
        holdout=None,
        environment=detect_environment(config.reproducibility),
        default_holdout=False,
        isolation=runner.isolation,
        corrupted=corrupted,
    )


def cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def parallel_jobs(asked: int | None, limits: LimitsConfig, console: Console) -> int:
    """Return how many submissions to grade at a time, and say so where memory decides it.

    Args:
        asked: What was typed; by default as many as there are cores, and as memory is enough for.
        limits: How much memory each may use.
        console: Where to say it.
    """
    wanted, memory = asked or cores(), memory_mib()
    if memory is None or (fitting := jobs_that_fit(limits, memory)) >= wanted:
        return wanted
    enough = (
        f"{memory} MiB of memory are enough for {fitting} jobs at once that use all of their "
        f"limits.memory_mib: {limits.memory_mib}"
    )
    if fitting and not asked:
        console.print(plain(f"{fitting} at a time: {enough}."), soft_wrap=True)
        return fitting
    console.print(
        plain(
            f"warning: {enough}. Where memory runs out, the kernel ends one of them, which is no "
            "verdict: the submission is graded once more, then left to you. "
            f"Lower {'--jobs' if fitting else 'limits.memory_mib'}, or use a larger machine."
        ),
        style="yellow",
        soft_wrap=True,
    )
    return asked or 1
