"""Runs jobs for the grader: through the zygote and its sandbox, or plainly without one.

Both runners take a `Job` and return a `JobResult`; neither believes anything a job left behind
beyond its bytes.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from autograder import jobs
from autograder.connection import PACKAGE_PARENT, ZygoteConnection
from autograder.errors import (
    JobInfrastructureError,
    RunnerClosedError,
    SandboxUnavailableError,
    UserError,
)
from autograder.joblog import JobLog
from autograder.jobs import Ending, Job, JobResult, OutputFile, Progress
from autograder.models import Isolation
from autograder.outputs import collect_outputs, remove_folder
from autograder.turns import Turns

if TYPE_CHECKING:  # it needs Linux
    from autograder.sandbox import Defences

OnProgress = Callable[[Progress], None]
_WATCHED = (OutputFile("progress", 64), OutputFile("history.jsonl", 1 << 20))
_POLL_S = 0.2
# How much longer than its limit a job's answer may take before its zygote is given up; the
# watchdog leaves out of that limit what the job waits for a core.
_PATIENCE = 22
_PATIENCE_S = 120.0
# Exit code of the worker as a plain process, where it could not begin (worker.NOT_STARTED).
_PLAIN_NOT_STARTED = 97


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


class SandboxRunner(Runner):
    """Runs jobs as confined forks of a zygote, which it starts when first needed.

    Args:
        readable: Data files that a job may read if its arguments name them.
        strict: See `jobs.environment`.
    """

    def __init__(self, readable: tuple[Path, ...], *, strict: bool) -> None:
        """Look at what this machine offers, start nothing yet.

        Raises:
            SandboxUnavailableError: This machine cannot confine jobs.
        """
        self._defences = detect_defences(readable)
        self.isolation = self._defences.level
        super().__init__(strict=strict)
        self._readable = readable
        self._stamps = _stamps(readable)
        self._zygote: ZygoteConnection | None = None

    def could_read(self, path: Path) -> bool:
        """Whether a job might read what is none of its business."""
        from autograder import sandbox

        return sandbox.could_read(path, self._defences)

    def close(self) -> None:
        """Kill every job, end the zygote."""
        with self._lock:
            self._closed = True
            zygote, self._zygote = self._zygote, None
        if zygote:
            zygote.close()
        super().close()

    def _connection(self) -> ZygoteConnection:
        with self._lock:
            if self._closed:
                raise RunnerClosedError("the runner is closed")
            if self._zygote is None or self._zygote.dead:
                if self._zygote:
                    self._zygote.close()
                self._zygote = ZygoteConnection(
                    self._folder, self._defences, self._readable, self._environment
                )
            return self._zygote

    def _run(
        self, number: int, job: Job, folder: Path, on_progress: OnProgress | None
    ) -> JobResult:
        zygote = self._connection()
        work = zygote.view_of(jobs.work_folder(folder))
        request = jobs.Request(number, job.task, job.arguments, str(folder), job.limits)
        with JobLog() as log:
            answer = zygote.start(request, log.write_end)
            log.close_write_end()
            show = (lambda: _show_progress(work, on_progress)) if on_progress else None
            message = self._follow(zygote, request, answer, log, show)
            log.drain()
        ending = Ending(message["ending"])
        if ending is Ending.NOT_STARTED:
            words = log.content()[-2000:].decode("utf-8", "replace")
            raise JobInfrastructureError(f"a job could not be started: {words}")
        outputs = collect_outputs(work, job.outputs)
        zygote.check_view_of(jobs.work_folder(folder))
        self._check_data(read_it=message["exit_code"] != 0)
        return JobResult(
            ending=ending,
            exit_code=message["exit_code"],
            cpu_s=message["cpu_s"],
            wall_s=message["wall_s"],
            peak_memory_mib=message["peak_memory_mib"],
            log=log.content(),
            outputs=outputs,
        )

    @staticmethod
    def _follow(
        zygote: ZygoteConnection,
        request: jobs.Request,
        answer: Future[dict[str, Any]],
        log: JobLog,
        show_progress: Callable[[], None] | None,
    ) -> dict[str, Any]:
        """Take in what a job prints and show how far it is, until the zygote says it is over."""
        limits = request.limits
        give_up_at = time.monotonic() + _PATIENCE * limits.wall_s + _PATIENCE_S
        shown_at = time.monotonic()
        while True:
            log.read(_POLL_S)
            if log.total > limits.output_mib << 20:
                zygote.stop(request, Ending.OUTPUT_LIMIT)
            if log.ended or answer.done():
                with contextlib.suppress(FutureTimeoutError):
                    return answer.result(timeout=_POLL_S)
            now = time.monotonic()
            if now > give_up_at:  # somebody has stopped the zygote
                zygote.kill()
            if show_progress and now - shown_at > _POLL_S:
                shown_at = now
                show_progress()

    def _check_data(self, *, read_it: bool) -> None:
        """Make sure that the data is as it was, before anybody is blamed or graded.

        Raises:
            JobInfrastructureError: It has changed, or can no longer be read.
        """
        if _stamps(self._readable) != self._stamps:
            raise JobInfrastructureError("the data has changed while jobs ran")
        for path in self._readable if read_it else ():
            try:
                with path.open("rb") as file:
                    while file.read(1 << 20):
                        pass
            except OSError as error:
                raise JobInfrastructureError(f"the data cannot be read: {error}") from error


class PlainRunner(Runner):
    """Runs jobs as plain processes: for students' own code at home, and for ``--no-sandbox``.

    Enforces the wall limit and the size of outputs, nothing else; a job can read all its user
    can.
    """

    isolation: Isolation = "none"

    def _run(
        self, number: int, job: Job, folder: Path, on_progress: OnProgress | None
    ) -> JobResult:
        work = jobs.work_folder(folder)
        log_path = self._folder / f"job-{number}.log"
        started = time.monotonic()
        own = {"HOME": str(work), "TMPDIR": str(work), "PYTHONPATH": PACKAGE_PARENT}
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.worker"],
                cwd=work,
                env={**os.environ, **self._environment, **own, "PATH": os.environ.get("PATH", "")},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
            assert process.stdin is not None
            with process.stdin as stdin:
                stdin.write(json.dumps([job.task, dict(job.arguments)]).encode())
            ending = self._wait(process, job, work, started, on_progress)
        output = log_path.read_bytes()
        if ending is Ending.EXITED and process.returncode == _PLAIN_NOT_STARTED:
            words = output[-2000:].decode("utf-8", "replace")
            raise JobInfrastructureError(f"a job could not be started: {words}")
        return JobResult(
            ending=ending,
            exit_code=process.returncode,
            cpu_s=0.0,
            wall_s=time.monotonic() - started,
            peak_memory_mib=0.0,
            log=output[: 128 << 10],
            outputs=collect_outputs(work, job.outputs),
        )

    def _wait(
        self,
        process: subprocess.Popen[bytes],
        job: Job,
        work: Path,
        started: float,
        on_progress: OnProgress | None,
    ) -> Ending:
        try:
            while True:
                try:
                    process.wait(timeout=_POLL_S)
                    return Ending.EXITED
                except subprocess.TimeoutExpired:
                    if self._closed:
                        raise RunnerClosedError("the runner was closed") from None
                    if time.monotonic() - started > job.limits.wall_s:
                        return Ending.WALL_LIMIT
                if on_progress:
                    _show_progress(work, on_progress)
        finally:
            process.kill()
            process.wait()


def detect_defences(readable: tuple[Path, ...]) -> Defences:
    """Find out how well this machine can confine jobs that have to read ``readable``.

    Raises:
        SandboxUnavailableError: Not well enough to run a student's code.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError(
            f"there is no sandbox for {sys.platform}: grade on Linux, or accept the risk of "
            "running students' code unconfined with --no-sandbox"
        )
    from autograder import sandbox

    return sandbox.detect_defences((*sandbox.python_paths(), *readable))


def _stamps(paths: tuple[Path, ...]) -> list[tuple[int, int] | None]:
    """Return size and time of change of each file; None for one that cannot be reached."""
    stamps: list[tuple[int, int] | None] = []
    for path in paths:
        try:
            status = path.stat()
            stamps.append((status.st_size, status.st_mtime_ns))
        except OSError:
            stamps.append(None)
    return stamps


def _show_progress(work: Path, on_progress: OnProgress) -> None:
    if progress := _read_progress(work):
        on_progress(progress)


def _read_progress(work: Path) -> Progress | None:
    outputs = collect_outputs(work, _WATCHED)
    try:
        step, steps = outputs.get("progress", b"").decode("ascii").split()
        return Progress(int(step), int(steps), outputs.get("history.jsonl", b""))
    except ValueError:  # a job may write anything there
        return None
