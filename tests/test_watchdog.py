"""Looking after processes from outside: real processes, small limits."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from autograder.jobs import Ending
from tests.conftest import LIMITS

if sys.platform != "linux":
    pytest.skip("the watchdog reads /proc", allow_module_level=True)

from autograder import watchdog
from autograder.watchdog import ProcessState, Waiting, Watchdog
from tests.processes import python_process


def first_ending(dog: Watchdog, timeout_s: float = 20) -> Ending | None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if why := dog.look():
            return why
        time.sleep(0.02)
    return None


SLEEP = "import time; print(1, flush=True); time.sleep(60)"
BUSY = "print(1, flush=True)\nwhile True: pass"


def test_the_state_of_a_process_is_read_even_under_an_odd_name() -> None:
    code = "open('/proc/self/comm', 'w').write('a) R (b'); " + SLEEP
    with python_process(code) as pid:
        state = ProcessState.read(pid)
        assert state is not None
        assert not state.stopped
        assert state.threads == 1
        assert state.memory > 1 << 20


def test_a_process_that_has_ended_has_no_state() -> None:
    with python_process(SLEEP) as pid:
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
        assert ProcessState.read(pid) is None
        assert Watchdog(pid, Path("/nowhere"), LIMITS, capped=False).look() is None


@pytest.mark.parametrize(
    ("code", "limits", "ending"),
    [
        (SLEEP, {"wall_s": 0.2}, Ending.WALL_LIMIT),
        (BUSY, {"cpu_s": 0.2}, Ending.CPU_LIMIT),
        ("kept = b'x' * (200 << 20); " + SLEEP, {"memory_mib": 150}, Ending.MEMORY_LIMIT),
        (
            "import threading, time\n"
            "for _ in range(9): threading.Thread(target=time.sleep, args=(60,)).start()\n" + SLEEP,
            {"threads": 8},
            Ending.THREAD_LIMIT,
        ),
    ],
)
def test_a_limit_is_noticed(
    code: str,
    limits: dict[str, float],
    ending: Ending,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watchdog, "_CPU_GRACE_S", 0.0)
    limited = dataclasses.replace(LIMITS, **limits)  # type: ignore[arg-type]
    with python_process(code) as pid:
        assert first_ending(Watchdog(pid, tmp_path, limited, capped=False)) is ending


def test_files_are_counted_even_where_they_were_deleted(tmp_path: Path) -> None:
    limits = dataclasses.replace(LIMITS, disk_mib=1)
    code = f"""
import os, time
kept = open({str(tmp_path / "gone")!r}, "wb")
kept.write(b"x" * (2 << 20)); kept.flush(); os.unlink(kept.name)
"""
    with python_process(code + SLEEP) as pid:
        dog = Watchdog(pid, tmp_path, limits, capped=False)
        assert first_ending(dog) is Ending.DISK_LIMIT


def test_time_in_which_somebody_stopped_it_is_not_charged(tmp_path: Path) -> None:
    limits = dataclasses.replace(LIMITS, wall_s=1)
    with python_process(SLEEP) as pid:
        dog = Watchdog(pid, tmp_path, limits, capped=False)
        os.kill(pid, signal.SIGSTOP)
        assert first_ending(dog, timeout_s=2) is None
        os.kill(pid, signal.SIGCONT)
        assert first_ending(dog) is Ending.WALL_LIMIT


def test_a_job_that_stays_stopped_is_given_up_as_held_by_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "_PATIENCE_S", 0.3)
    with python_process(SLEEP) as pid:
        os.kill(pid, signal.SIGSTOP)
        dog = Watchdog(pid, tmp_path, LIMITS, capped=False)
        assert first_ending(dog) is Ending.KILLED_FROM_OUTSIDE


def test_time_in_which_the_watchdog_itself_was_stopped_is_not_charged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = dataclasses.replace(LIMITS, wall_s=2)
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with python_process(SLEEP) as pid:
        dog = Watchdog(pid, tmp_path, limits, capped=False)
        now += 3600
        assert dog.look() is None
        now += 1
        assert dog.look() is None
        now += 0.5
        assert dog.look() is Ending.WALL_LIMIT


def test_no_more_waiting_counts_than_time_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many threads wait for each other."""
    waited_s = iter([0.5, 30.5, 10.0, 10.25])
    monkeypatch.setattr(watchdog, "_threads_waited_s", lambda _: next(waited_s))
    waiting = Waiting(0)
    waiting.add(0.9)
    assert waiting.until_now_s() == 0.5
    waiting.add(1.0)  # read at once; 30 threads waited
    waiting.add(0.5)
    assert waiting.until_now_s() == 1.5  # some have ended
    waiting.add(0.5)
    assert waiting.until_now_s() == 1.75
