"""Runs jobs through the zygote and its sandbox."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import jobs
from autograder.connection import ZygoteConnection
from autograder.errors import JobInfrastructureError, RunnerClosedError, SandboxUnavailableError
from autograder.joblog import JobLog
from autograder.jobs import Ending, Job, JobResult
from autograder.outputs import collect_outputs
from autograder.runner import POLL_S, OnProgress, Runner, show_progress

if TYPE_CHECKING:  # it needs Linux
    from autograder.sandbox import Defences

# How much longer than its limit a job's answer may take before its zygote is given up; the
# watchdog leaves out of that limit what the job waits for a core.
_PATIENCE = 22
_PATIENCE_S = 120.0


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
            show = (lambda: show_progress(work, on_progress)) if on_progress else None
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
            log.read(POLL_S)
            if log.total > limits.output_mib << 20:
                zygote.stop(request, Ending.OUTPUT_LIMIT)
            if log.ended or answer.done():
                with contextlib.suppress(FutureTimeoutError):
                    return answer.result(timeout=POLL_S)
            now = time.monotonic()
            if now > give_up_at:  # somebody has stopped the zygote
                zygote.kill()
            if show_progress and now - shown_at > POLL_S:
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
