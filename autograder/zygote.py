"""The zygote: imports TensorFlow and Keras once, then forks a confined process for each job.

Run as ``python -m autograder.zygote FD FOLDER DEFENCES [READABLE ...]`` with an environment
without secrets. FD is a connected stream socket on which requests and answers are lines of JSON;
FOLDER holds the jobs' folders and goes when the zygote goes; DEFENCES is `sandbox.Defences` as
JSON; READABLE is data that a job may read if its arguments name it. It opens no labels and runs no
student code; a job does, in a child that `sandbox.confine` has locked in. When the other end
closes, every job is killed and the zygote ends.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
import traceback
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import jobs, namespaces, sandbox, syscalls, worker
from autograder.jobs import Ending, Request
from autograder.sandbox import Confinement, Defences
from autograder.watchdog import Watchdog

_TICK_S = 0.05


@dataclass
class RunningJob:
    """A forked job and who watches it. Nothing here may be a secret: every later job inherits it.

    Attributes:
        status: Read end of the pipe on which it says that the student's code is about to run.
    """

    request: Request
    pid: int
    pidfd: int
    status: int
    watchdog: Watchdog
    started: float
    killed_for: Ending | None = None


class Zygote:
    """Serves one grader over one socket, in one thread."""

    def __init__(
        self, connection: socket.socket, defences: Defences, data: tuple[Path, ...]
    ) -> None:
        self._connection = connection
        self._python, self._data = sandbox.python_paths(), data
        self._environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        self._selector = selectors.DefaultSelector()
        self._selector.register(connection, selectors.EVENT_READ)
        self._buffer = b""
        self._log_fds: deque[int] = deque()
        self._jobs: dict[int, RunningJob] = {}
        self._defences = defences
        self._rules = syscalls.build_filter()

    def serve(self) -> None:
        """Work until the grader closes the connection."""
        threads = len(list(Path("/proc/self/task").iterdir()))
        if threads != 1:
            raise RuntimeError(f"forking with {threads} threads running is not safe")
        self._send(ready=True)
        # Pages that are never written stay shared with every job.
        gc.collect()
        gc.freeze()
        try:
            while self._turn():
                pass
        finally:
            for job in self._jobs.values():
                _kill(job)
                os.waitpid(job.pid, 0)  # it must not write any more when its folder is removed

    def _turn(self) -> bool:
        """Handle what is ready, look after the limits; False when the grader has gone."""
        for key, _ in self._selector.select(_TICK_S if self._jobs else None):
            if isinstance(key.data, RunningJob):
                self._finish(key.data)
            elif not self._receive():
                return False
        for job in list(self._jobs.values()):
            self._watch(job)
        return True

    def _receive(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._connection, 1 << 16, 16)
        if not data:
            return False
        self._log_fds += descriptors  # in the order of the requests that they came with
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "start" in message:
                self._start(Request.from_json(message["start"]), self._log_fds.popleft())
            elif job := self._jobs.get(message["stop"]):
                self._stop(job, Ending(message["why"]))
        return True

    def _send(self, **message: Any) -> None:
        self._connection.sendall(json.dumps(message).encode() + b"\n")

    def _start(self, request: Request, log_fd: int) -> None:
        status, status_fd = os.pipe()
        parent = os.getpid()
        started = time.monotonic()
        try:
            pid = os.fork()
        except OSError as error:  # a job may have used up what the machine has of processes
            self._refuse(request, error, log_fd, status, status_fd)
            return
        if pid == 0:
            self._be_a_job(request, log_fd, status_fd, parent)
        os.close(log_fd)
        os.close(status_fd)
        folder = jobs.work_folder(Path(request.folder))
        watchdog = Watchdog(pid, folder, request.limits, capped=self._defences.namespaces)
        pidfd = os.pidfd_open(pid)
        job = RunningJob(request, pid, pidfd, status, watchdog, started)
        self._jobs[request.id] = job
        self._selector.register(pidfd, selectors.EVENT_READ, job)

    def _refuse(self, request: Request, error: OSError, log_fd: int, *others: int) -> None:
        os.write(log_fd, f"no process could be made: {error}\n".encode())
        for fd in (log_fd, *others):
            os.close(fd)
        nothing = {"exit_code": 1, "cpu_s": 0.0, "wall_s": 0.0, "peak_memory_mib": 0.0}
        self._send(done=request.id, ending=Ending.NOT_STARTED, **nothing)

    def _be_a_job(self, request: Request, log_fd: int, status_fd: int, parent: int) -> None:
        """Turn this fresh child into the job; never returns."""
        exit_code = 1
        try:
            folder = Path(request.folder)
            confinement = Confinement(
                folder=jobs.work_folder(folder),
                code=jobs.code_folder(folder),
                readable=(*self._python, *self._data_of(request)),
                environment=self._environment,
                number=request.id,
                cpu_s=request.limits.cpu_s,
                memory_mib=request.limits.memory_mib,
                disk_mib=request.limits.disk_mib,
                threads=request.limits.threads,
            )
            sandbox.furnish(confinement, self._defences)
            sandbox.confine(confinement, self._defences, self._rules, log_fd, status_fd)
            prepared = worker.prepare(request.arguments)
            # If the zygote died before PDEATHSIG was set, nobody watches.
            if os.getppid() == parent:
                os.write(sandbox.STATUS_FD, b"!")
                os.close(sandbox.STATUS_FD)
                exit_code = worker.run(request.task, *prepared)
        except BaseException:  # nothing may climb into the zygote's own stack
            traceback.print_exc()
        finally:
            os._exit(exit_code)

    def _data_of(self, request: Request) -> list[Path]:
        """Return the data that a job is told of; the holdout is not for those that train."""
        told = {value for value in request.arguments.values() if isinstance(value, str)}
        return [path for path in self._data if str(path) in told]

    def _watch(self, job: RunningJob) -> None:
        if job.killed_for is None and (why := job.watchdog.look()):
            self._stop(job, why)

    def _stop(self, job: RunningJob, why: Ending) -> None:
        if job.killed_for is None:
            job.killed_for = why
            _kill(job)

    def _finish(self, job: RunningJob) -> None:
        """The job has ended: collect it, tell the grader."""
        _, status, usage = os.wait4(job.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        cpu_s = usage.ru_utime + usage.ru_stime
        begun = os.read(job.status, 1) == b"!"
        self._send(
            done=job.request.id,
            ending=_ending(job, code, cpu_s) if begun else Ending.NOT_STARTED,
            exit_code=code,
            cpu_s=cpu_s,
            wall_s=time.monotonic() - job.started,
            peak_memory_mib=max(usage.ru_maxrss / 1024, job.watchdog.peak_memory / (1 << 20)),
        )
        self._selector.unregister(job.pidfd)
        for fd in (job.pidfd, job.status):
            os.close(fd)
        del self._jobs[job.request.id]


def _ending(job: RunningJob, code: int, cpu_s: float) -> Ending:
    if job.killed_for:
        return job.killed_for
    # The soft limit sends SIGXCPU; two seconds later the hard one kills who ignored it.
    hard_limit = code == -signal.SIGKILL and cpu_s >= job.request.limits.cpu_s
    if code == -signal.SIGXCPU or hard_limit:
        return Ending.CPU_LIMIT
    if code == -signal.SIGXFSZ or job.watchdog.disk_is_full():
        return Ending.DISK_LIMIT
    if code != 0 and job.watchdog.machine_disk_is_full():
        return Ending.MACHINE_DISK_FULL
    return Ending.KILLED_FROM_OUTSIDE if code == -signal.SIGKILL else Ending.EXITED


def _kill(job: RunningJob) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(job.pidfd, signal.SIGKILL)


def main() -> None:
    """Serve the socket whose descriptor is the first argument; clean up after the last job."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    jobs_folder = Path(sys.argv[2])
    defences = Defences.from_json(sys.argv[3])
    # The terminal's Ctrl-C is for the grader, which then closes the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if defences.namespaces:
            namespaces.enter()
        worker.warm_up()
        Zygote(connection, defences, tuple(Path(name) for name in sys.argv[4:])).serve()
    except ConnectionError:
        pass  # the grader was killed; so were the jobs, in `serve`
    finally:
        for folder in jobs_folder.glob("job-*"):
            namespaces.unmount_workdir(jobs.work_folder(folder))
        shutil.rmtree(jobs_folder, ignore_errors=True)


if __name__ == "__main__":
    main()
