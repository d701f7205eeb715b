"""Runs jobs as plain processes: no sandbox, for one's own code or at one's own risk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from autograder import jobs
from autograder.connection import PACKAGE_PARENT
from autograder.errors import JobInfrastructureError, RunnerClosedError
from autograder.jobs import Ending, Job, JobResult
from autograder.models import Isolation
from autograder.outputs import collect_outputs
from autograder.runner import POLL_S, OnProgress, Runner, show_progress

# Exit code of the worker as a plain process, where it could not begin (worker.NOT_STARTED).
_NOT_STARTED = 97


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
        if ending is Ending.EXITED and process.returncode == _NOT_STARTED:
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
                    process.wait(timeout=POLL_S)
                    return Ending.EXITED
                except subprocess.TimeoutExpired:
                    if self._closed:
                        raise RunnerClosedError("the runner was closed") from None
                    if time.monotonic() - started > job.limits.wall_s:
                        return Ending.WALL_LIMIT
                if on_progress:
                    show_progress(work, on_progress)
        finally:
            process.kill()
            process.wait()
