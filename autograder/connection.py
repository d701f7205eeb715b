"""The grader's end of the line to a zygote: starts it, asks it for jobs, listens to it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import jobs
from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending

if TYPE_CHECKING:  # it needs Linux
    from autograder.sandbox import Defences

_START_TIMEOUT_S = 180.0
# Our own package has to be importable whether installed or run from a checkout.
PACKAGE_PARENT = str(Path(__file__).resolve().parent.parent)


class ZygoteConnection:
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
                env=environment | {"PYTHONPATH": PACKAGE_PARENT},
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

    def start(self, request: jobs.Request, log_fd: int) -> Future[dict[str, Any]]:
        """Ask for a job that prints to ``log_fd``.

        Returns:
            The zygote's answer, once the job has ended, or a JobInfrastructureError.
        """
        answer: Future[dict[str, Any]] = Future()
        with self._lock:
            if self.dead:
                raise JobInfrastructureError("the zygote has died")
            self._pending[request.id] = answer
            self._send({"start": dataclasses.asdict(request)}, log_fd)
        return answer

    def stop(self, request: jobs.Request, why: Ending) -> None:
        """Have a job killed; its answer will say why."""
        with self._lock:
            self._send({"stop": request.id, "why": why})

    def _send(self, message: dict[str, Any], *descriptors: int) -> None:
        line = json.dumps(message).encode() + b"\n"
        try:
            sent = socket.send_fds(self._socket, [line], list(descriptors))
            self._socket.sendall(line[sent:])
        except OSError as error:
            raise JobInfrastructureError(f"the zygote does not listen: {error}") from error

    def _listen(self) -> None:
        try:
            for line in self._stream:
                message = json.loads(line)
                with self._lock:
                    answer = self._pending.pop(message["done"])
                answer.set_result(message)
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            pass  # torn by a kill, closed by ourselves, no answer of a zygote's: an end like any
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

    def kill(self) -> None:
        """End the zygote and its jobs at once; whoever waits for one gets an exception."""
        self._process.kill()

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
