"""What runs jobs for the grader: takes a `Job`, returns a `JobResult`.

There are two (confined_runner.py, plain_runner.py); neither believes anything a job left behind
beyond its bytes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Self

from autograder import jobs
from autograder.errors import JobInfrastructureError, RunnerClosedError, UserError
from autograder.jobs import Job, JobResult, OutputFile, Progress
from autograder.models import Isolation
from autograder.outputs import collect_outputs, remove_folder
from autograder.turns import Turns

OnProgress = Callable[[Progress], None]
_WATCHED = (OutputFile("progress", 64), OutputFile("history.jsonl", 1 << 20))
POLL_S = 0.2


class Runner(ABC):
    """Something that can run jobs, several at a time. A context manager; closing kills all."""

    isolation: Isolation

    def __init__(self, *, strict: bool) -> None:
        """Make a folder for the jobs' folders.

        Raises:
            UserError: There is no room for one.
        """
        self._environment = jobs.environment(strict=strict)
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        except OSError as error:
            raise UserError(
                f"no working folder can be made for jobs: {error.strerror or error}; "
                "make room, or name another place with TMPDIR"
            ) from error
        self._folder.chmod(0o711)  # jobs with a user id of their own pass through
        self._ids = iter(range(1, sys.maxsize))
        self._lock = threading.Lock()
        self._turns = Turns()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every job and remove every trace of them."""
        self._closed = True
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(
        self, job: Job, on_progress: OnProgress | None = None, *, alone: bool = False
    ) -> JobResult:
        """Run a job and wait for it.

        Args:
            job: What to run.
            on_progress: Told how it goes.
            alone: Whether no other job may run beside it.

        Raises:
            JobInfrastructureError: It could not be run; says nothing about the submission.
            RunnerClosedError: `close` was called, before or meanwhile.
        """
        with self._lock:
            number = next(self._ids)
        folder = self._folder / f"job-{number}"
        code = jobs.code_folder(folder)
        with self._turns.alone() if alone else self._turns.shared():
            if self._closed:
                raise RunnerClosedError("the runner is closed")
            try:
                # For nobody but us and, where it has a user id of its own, the job.
                code.mkdir(mode=0o700, parents=True)
                jobs.work_folder(folder).mkdir(mode=0o700)
                for name, text in job.sources.items():
                    (code / name).write_text(text, encoding="utf-8", newline="\n")
                for name, content in job.inputs.items():
                    (code / name).write_bytes(content)
                return self._run(number, job, folder, on_progress)
            except (OSError, JobInfrastructureError) as error:
                if self._closed:
                    raise RunnerClosedError("the runner was closed") from error
                if isinstance(error, OSError):
                    raise JobInfrastructureError(f"job folder: {error}") from error
                raise
            finally:
                remove_folder(folder)

    @abstractmethod
    def _run(
        self, number: int, job: Job, folder: Path, on_progress: OnProgress | None
    ) -> JobResult:
        """Run a job whose folder is ready, and collect its outputs."""


def show_progress(work: Path, on_progress: OnProgress) -> None:
    """Tell how far a job is, if it says so."""
    if progress := _read_progress(work):
        on_progress(progress)


def _read_progress(work: Path) -> Progress | None:
    outputs = collect_outputs(work, _WATCHED)
    try:
        step, steps = outputs.get("progress", b"").decode("ascii").split()
        return Progress(int(step), int(steps), outputs.get("history.jsonl", b""))
    except ValueError:  # a job may write anything there
        return None
