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
from typing import Any, Self

from autograder import jobs
from autograder.errors import JobInfrastructureError, SandboxUnavailableError
from autograder.jobs import Ending, Job, JobResult, OutputFile, Progress
from autograder.models import Isolation
from autograder.outputs import collect_outputs, remove_folder

OnProgress = Callable[[Progress], None]
_WATCHED = (OutputFile("progress", 64), OutputFile("history.jsonl", 1 << 20))
_POLL_S = 0.2
_START_TIMEOUT_S = 180.0


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
            for name, text in job.sources.items():
                (code / name).write_text(text, encoding="utf-8", newline="\n")
            result = self._run(number, job, folder, on_progress)
            outputs = collect_outputs(folder, job.outputs)
        except OSError as error:
            raise JobInfrastructureError(f"job folder: {error}") from error
        finally:
            remove_folder(folder)
        return dataclasses.replace(result, outputs=outputs)

    @abstractmethod
    def _run(
        self, number: int, job: Job, folder: Path, on_progress: OnProgress | None
    ) -> JobResult: ...


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
        self.isolation = _detect_isolation(readable)
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
                self._zygote = _ZygoteConnection(self._folder, self._readable, self._environment)
            return self._zygote

    def _run(
        self, number: int, job: Job, folder: Path, on_progress: OnProgress | None
    ) -> JobResult:
        zygote = self._connection()
        request = jobs.Request(number, job.task, job.arguments, str(folder), job.limits)
        answer = zygote.send(request)
        while True:
            try:
                message = answer.result(timeout=_POLL_S)
                break
            except FutureTimeoutError:
                if on_progress and (progress := _read_progress(folder)):
                    on_progress(progress)
        result = JobResult(
            ending=Ending(message["ending"]),
            exit_code=message["exit_code"],
            cpu_s=message["cpu_s"],
            wall_s=message["wall_s"],
            peak_memory_mib=message["peak_memory_mib"],
            log=message["log"].encode("utf-8", "replace"),
        )
        if result.ending is Ending.NOT_STARTED:
            raise JobInfrastructureError(f"a job could not be confined: {message['log'][-2000:]}")
        return result


class _ZygoteConnection:
    """A running zygote and the thread that listens to it."""

    def __init__(
        self, folder: Path, readable: tuple[Path, ...], environment: dict[str, str]
    ) -> None:
        ours, theirs = socket.socketpair()
        self._log_path = folder / "zygote.log"
        # -P: the current directory may hold submissions, and one of them a keras.py.
        command = [sys.executable, "-P", "-m", "autograder.zygote"]
        command += [str(theirs.fileno()), str(folder), *map(str, readable)]
        # Our own package has to be importable whether installed or run from a checkout.
        package_parent = str(Path(__file__).resolve().parent.parent)
        with theirs, self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=environment | {"PYTHONPATH": package_parent},
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
        log_path = self._folder / f"job-{number}.log"
        started = time.monotonic()
        own = {"HOME": str(folder), "TMPDIR": str(folder)}
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", str(Path(__file__).with_name("worker.py"))],
                cwd=folder,
                env={**os.environ, **self._environment, **own, "PATH": os.environ.get("PATH", "")},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
            assert process.stdin is not None
            with process.stdin as stdin:
                stdin.write(json.dumps([job.task, dict(job.arguments)]).encode())
            ending = self._wait(process, job, folder, started, on_progress)
        output = log_path.read_bytes()
        return JobResult(
            ending=ending,
            exit_code=process.returncode,
            cpu_s=0.0,
            wall_s=time.monotonic() - started,
            peak_memory_mib=0.0,
            log=output[: 128 << 10],
        )

    @staticmethod
    def _wait(
        process: subprocess.Popen[bytes],
        job: Job,
        folder: Path,
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
                if on_progress and (progress := _read_progress(folder)):
                    on_progress(progress)
        finally:
            process.kill()
            process.wait()


def _detect_isolation(readable: tuple[Path, ...]) -> Isolation:
    if sys.platform != "linux":
        raise SandboxUnavailableError(
            f"there is no sandbox for {sys.platform}: grade on Linux, or accept the risk of "
            "running students' code unconfined with --no-sandbox"
        )
    from autograder import sandbox

    return sandbox.detect_defences((*sandbox.python_paths(), *readable)).level


def _read_progress(folder: Path) -> Progress | None:
    outputs = collect_outputs(folder, _WATCHED)
    try:
        step, steps = outputs.get("progress", b"").decode("ascii").split()
        return Progress(int(step), int(steps), outputs.get("history.jsonl", b""))
    except (ValueError, UnicodeDecodeError):
        return None
