"""Runs jobs for the grader: through the zygote and its sandbox, or plainly without one.

Both runners take a `Job` and return a `JobResult`; neither believes anything a job left behind
beyond its bytes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import socket
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
from autograder.errors import JobInfrastructureError, SandboxUnavailableError
from autograder.jobs import Ending, Job, JobResult, OutputFile, Progress
from autograder.models import Isolation
from autograder.outputs import collect_outputs, remove_folder

if TYPE_CHECKING:  # it needs Linux
    from autograder.sandbox import Defences

OnProgress = Callable[[Progress], None]
_WATCHED = (OutputFile("progress", 64), OutputFile("history.jsonl", 1 << 20))
_POLL_S = 0.2
_START_TIMEOUT_S = 180.0
# Our own package has to be importable whether installed or run from a checkout.
_PACKAGE_PARENT = str(Path(__file__).resolve().parent.parent)
# Exit code of the worker as a plain process, where it could not begin (worker.NOT_STARTED).
_PLAIN_NOT_STARTED = 97


class Runner(ABC):
    """Something that can run jobs, several at a time. A context manager; closing kills all."""

    isolation: Isolation

    def __init__(self, *, strict: bool) -> None:
        self._environment = jobs.environment(strict=strict)
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        self._folder.chmod(0o711)  # jobs with a user id of their own pass through
        self._ids = iter(range(1, sys.maxsize))
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every job and remove every trace of them."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, job: Job, on_progress: OnProgress | None = None) -> JobResult:
        """Run a job and wait for it.

        Raises:
            JobInfrastructureError: It could not be run; says nothing about the submission.
        """
        with self._lock:
            number = next(self._ids)
        folder = self._folder / f"job-{number}"
        code = jobs.code_folder(folder)
        try:
            code.mkdir(parents=True)
            jobs.work_folder(folder).mkdir()
            for name, text in job.sources.items():
                (code / name).write_text(text, encoding="utf-8", newline="\n")
            return self._run(number, job, folder, on_progress)
        except OSError as error:
            raise JobInfrastructureError(f"job folder: {error}") from error
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
        readable: Data files that every job may read.
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
        self._zygote: _ZygoteConnection | None = None
        self._closed = False

    def close(self) -> None:
        """Kill every job, end the zygote."""
        with self._lock:
            self._closed = True
            zygote, self._zygote = self._zygote, None
        if zygote:
            zygote.close()
        super().close()

    def _connection(self) -> _ZygoteConnection:
        with self._lock:
            if self._closed:
                raise JobInfrastructureError("the runner is closed")
            if self._zygote is None or self._zygote.dead:
                if self._zygote:
                    self._zygote.close()
                self._zygote = _ZygoteConnection(
                    self._folder, self._defences, self._readable, self._environment
                )
            return self._zygote

    def _run(
        self, number: int, job: Job, folder: Path, on_progress: OnProgress | None
    ) -> JobResult:
        zygote = self._connection()
        work = zygote.view_of(jobs.work_folder(folder))
        request = jobs.Request(number, job.task, job.arguments, str(folder), job.limits)
        answer = zygote.send(request)
        while True:
            try:
                message = answer.result(timeout=_POLL_S)
                break
            except FutureTimeoutError:
                if on_progress and (progress := _read_progress(work)):
                    on_progress(progress)
        if Ending(message["ending"]) is Ending.NOT_STARTED:
            raise JobInfrastructureError(f"a job could not be started: {message['log'][-2000:]}")
        outputs = collect_outputs(work, job.outputs)
        zygote.check_view_of(jobs.work_folder(folder))
        return JobResult(
            ending=Ending(message["ending"]),
            exit_code=message["exit_code"],
            cpu_s=message["cpu_s"],
            wall_s=message["wall_s"],
            peak_memory_mib=message["peak_memory_mib"],
            log=message["log"].encode("utf-8", "replace"),
            outputs=outputs,
        )


class _ZygoteConnection:
    """A running zygote and the thread that listens to it."""

    def __init__(
        self,
        folder: Path,
        defences: Defences,
        readable: tuple[Path, ...],
        environment: dict[str, str],
    ) -> None:
        self._has_namespaces = defences.namespaces
        ours, theirs = socket.socketpair()
        self._log_path = folder / "zygote.log"
        # -P: the current directory may hold submissions, and one of them a keras.py.
        command = [sys.executable, "-P", "-m", "autograder.zygote"]
        command += [str(theirs.fileno()), str(folder), defences.to_json()]
        command += map(str, readable)
        with theirs, self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=environment | {"PYTHONPATH": _PACKAGE_PARENT},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._socket = ours
        self._stream = ours.makefile("rb")
        self._lock = threading.Lock()
        self._pending: dict[int, Future[dict[str, Any]]] = {}
        self.dead = False
        self._wait_until_ready()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def view_of(self, folder: Path) -> Path:
        """Return the path of a folder as the zygote and its jobs see it."""
        if not self._has_namespaces:
            return folder
        from autograder import namespaces

        return namespaces.seen_from_outside(self._process.pid, folder)

    def check_view_of(self, folder: Path) -> None:
        """Make sure that a job's folder was the job's until now.

        Raises:
            JobInfrastructureError: The zygote is gone, and with it what its jobs left behind.
        """
        if not self._has_namespaces:
            return
        try:
            gone = self.view_of(folder).stat().st_dev == folder.stat().st_dev
        except OSError:
            gone = True
        if gone:
            raise JobInfrastructureError("the zygote ended before a job's outputs were read")

    def _wait_until_ready(self) -> None:
        self._socket.settimeout(_START_TIMEOUT_S)
        try:
            message = json.loads(self._stream.readline() or "{}")
        except TimeoutError:
            message = {}
        self._socket.settimeout(None)
        if "ready" in message:
            return
        self.close()
        raise JobInfrastructureError(f"the zygote did not start:\n{self._last_words()}")

    def send(self, request: jobs.Request) -> Future[dict[str, Any]]:
        """Ask for a job; the future gets the zygote's answer or a JobInfrastructureError."""
        answer: Future[dict[str, Any]] = Future()
        line = json.dumps(dataclasses.asdict(request)).encode() + b"\n"
        with self._lock:
            if self.dead:
                raise JobInfrastructureError("the zygote has died")
            self._pending[request.id] = answer
            try:
                self._socket.sendall(line)
            except OSError as error:
                raise JobInfrastructureError(f"the zygote does not listen: {error}") from error
        return answer

    def _listen(self) -> None:
        try:
            for line in self._stream:
                message = json.loads(line)
                with self._lock:
                    answer = self._pending.pop(message["done"])
                answer.set_result(message)
        except (OSError, ValueError):
            pass  # torn by a kill, or closed by ourselves; handled as any other end
        with self._lock:
            self.dead = True
            pending, self._pending = list(self._pending.values()), {}
        for answer in pending:
            words = self._last_words()
            answer.set_exception(JobInfrastructureError(f"the zygote has died {words}".strip()))

    def _last_words(self) -> str:
        try:
            return self._log_path.read_text(encoding="utf-8", errors="replace")[-2000:]
        except OSError:
            return ""

    def close(self) -> None:
        """Hang up: the zygote kills its jobs and ends; if it does not, it is killed."""
        self.dead = True
        with contextlib.suppress(OSError):  # it may have hung up first
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its jobs die with it (PDEATHSIG)
            self._process.wait()
        if hasattr(self, "_listener"):
            self._listener.join(timeout=5)
        self._stream.close()
        self._socket.close()


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
        own = {"HOME": str(work), "TMPDIR": str(work), "PYTHONPATH": _PACKAGE_PARENT}
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

    @staticmethod
    def _wait(
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
                    if time.monotonic() - started > job.limits.wall_s:
                        return Ending.WALL_LIMIT
                if on_progress and (progress := _read_progress(work)):
                    on_progress(progress)
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


def _read_progress(folder: Path) -> Progress | None:
    outputs = collect_outputs(folder, _WATCHED)
    try:
        step, steps = outputs.get("progress", b"").decode("ascii").split()
        return Progress(int(step), int(steps), outputs.get("history.jsonl", b""))
    except (ValueError, UnicodeDecodeError):
        return None
