"""Looks after a running job from outside: time, memory, threads, disk.

It reads what the kernel says about the process, never anything that the job could write. Its
clock counts only time in which both the job and the watchdog could run: a laptop that sleeps, an
operator who stops a process, or others who keep all the cores busy cost no student anything.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.disk_use import DiskUse
from autograder.jobs import Ending, Limits

# A turn of the zygote takes milliseconds; in a longer one, the zygote itself was stopped.
_LONGEST_TURN_S = 1.0
# How long a job may be held by somebody else before it is given up.
_PATIENCE_S = 60.0
# How long the threads of a process that ends may outlive its main thread.
_HEADLESS_S = 1.0
# However long a job waits for a core, it gets no more than so many times the wall limit.
MOST_WAITING = 20
# The kernel's own limit comes first; this is for a kernel that does not keep it.
_CPU_GRACE_S = 5.0
# Reading it from every thread costs a millisecond.
_COUNT_WAITING_EVERY_S = 1.0
_LITTLE_SPACE = 1 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class ProcessState:
    """What /proc/<pid>/stat says (proc_pid_stat(5)).

    Attributes:
        headless: Whether its main thread has ended and others have not.
        stopped: Whether somebody stopped it; a job cannot do that to itself.
        cpu_s: User and system time of all its threads, in seconds.
        threads: How many.
        memory: Resident set in bytes.
    """

    headless: bool
    stopped: bool
    cpu_s: float
    threads: int
    memory: int

    @classmethod
    def read(cls, pid: int) -> ProcessState | None:
        """Return the state of a process; None if it has just ended."""
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        # The name before it, in brackets, is the job's to choose.
        fields = text.rpartition(")")[2].split()
        threads = int(fields[17])
        if fields[0] in "ZX" and threads <= 1:
            return None
        return cls(
            headless=fields[0] in "ZX",
            stopped=fields[0] in "Tt",
            cpu_s=(int(fields[11]) + int(fields[12])) / _TICKS,
            threads=threads,
            memory=int(fields[21]) * _PAGE,
        )


class Watchdog:
    """Watches one job.

    Args:
        pid: Its process.
        folder: Its working folder, as this process sees it.
        limits: What it is stopped at.
        capped: Whether the folder is a file system of its own, which the kernel keeps small.
    """

    def __init__(self, pid: int, folder: Path, limits: Limits, *, capped: bool) -> None:
        self._pid, self._folder, self._limits, self._capped = pid, folder, limits, capped
        self._disk_use = DiskUse(pid, folder, limits.disk_mib << 20)
        self._looked_at = time.monotonic()
        self._ran_s = self._held_s = self._headless_s = 0.0
        self._waiting = Waiting(pid)
        self.peak_memory = 0

    def look(self) -> Ending | None:
        """Return why the job has to be stopped; None while all is well."""
        now = time.monotonic()
        passed_s, self._looked_at = min(now - self._looked_at, _LONGEST_TURN_S), now
        state = ProcessState.read(self._pid)
        if state is None:
            return None
        if state.stopped:
            self._held_s += passed_s
            return Ending.KILLED_FROM_OUTSIDE if self._held_s > _PATIENCE_S else None
        if state.headless:  # its memory and time can no longer be read
            self._headless_s += passed_s
            return Ending.EXITED if self._headless_s > _HEADLESS_S else None
        self._ran_s += passed_s
        self._waiting.add(passed_s)
        self.peak_memory = max(self.peak_memory, state.memory)
        return self._limit_of(state)

    def _limit_of(self, state: ProcessState) -> Ending | None:
        limits = self._limits
        if self._ran_s > limits.wall_s and self._is_too_long(limits.wall_s):
            return Ending.WALL_LIMIT
        if state.cpu_s > limits.cpu_s + _CPU_GRACE_S:
            return Ending.CPU_LIMIT
        if state.memory > limits.memory_mib << 20:
            return Ending.MEMORY_LIMIT
        if state.threads > limits.threads:
            return Ending.THREAD_LIMIT
        return Ending.DISK_LIMIT if self.disk_is_full() else None

    def _is_too_long(self, wall_s: float) -> bool:
        """Whether the wall limit is reached even without the time spent waiting for a core."""
        waited_s = self._waiting.until_now_s()
        return self._ran_s - waited_s > wall_s or self._ran_s > MOST_WAITING * wall_s

    def disk_is_full(self) -> bool:
        """Whether the job uses all the disk it may, in bytes or in number of files."""
        if self._capped:
            with contextlib.suppress(OSError):
                space = os.statvfs(self._folder)
                return space.f_bfree == 0 or space.f_ffree == 0
        return self._disk_use.is_too_much()

    def machine_disk_is_full(self) -> bool:
        """Whether nobody could write here any more, through no fault of the job."""
        if self._capped:
            return False
        with contextlib.suppress(OSError):
            space = os.statvfs(self._folder)
            return space.f_bavail * space.f_frsize < _LITTLE_SPACE
        return True  # the folder itself cannot be reached


class Waiting:
    """How long a job was ready to run while others had the cores.

    Its threads may also wait for each other. However many do, no more than the time that passed
    counts; and a job that keeps all cores busy to that end uses up its CPU seconds.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._waited_s = self._before_s = self._passed_s = 0.0

    def add(self, passed_s: float) -> None:
        """Take note of a time in which the job could run."""
        self._passed_s += passed_s
        if self._passed_s >= _COUNT_WAITING_EVERY_S:
            self.until_now_s()

    def until_now_s(self) -> float:
        """Return how long it waited, in seconds."""
        before_s, self._before_s = self._before_s, _threads_waited_s(self._pid)
        # Less than before where threads have ended.
        self._waited_s += min(max(self._before_s - before_s, 0.0), self._passed_s)
        self._passed_s = 0.0
        return self._waited_s


def _threads_waited_s(pid: int) -> float:
    """Return how long the threads of a process were ready to run and did not, added up.

    Source: second field of /proc/<pid>/task/<tid>/schedstat, in nanoseconds (sched-stats in the
    kernel's documentation); a kernel without it gets 0.
    """
    waited_ns = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError, IndexError):
            waited_ns += int(path.read_text(encoding="ascii").split()[1])
    return waited_ns / 1e9
