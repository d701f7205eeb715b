"""How many submissions are graded at a time, by cores and by memory."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from autograder.commands import opening
from autograder.config import LimitsConfig

LIMITS = LimitsConfig(memory_mib=2000, disk_mib=50)


def asked(monkeypatch: pytest.MonkeyPatch, jobs: int | None, memory: int | None) -> tuple[int, str]:
    """Return what is decided on a machine of eight cores, and what is said about it."""
    monkeypatch.setattr(opening, "cores", lambda: 8)
    monkeypatch.setattr(opening, "memory_mib", lambda: memory)
    file = io.StringIO()
    return opening.parallel_jobs(jobs, LIMITS, Console(file=file)), file.getvalue()


@pytest.mark.parametrize(("jobs", "memory"), [(None, None), (None, 64_000), (8, 64_000)])
def test_cores_decide_where_memory_is_enough(
    monkeypatch: pytest.MonkeyPatch, jobs: int | None, memory: int | None
) -> None:
    assert asked(monkeypatch, jobs, memory) == (8, "")


def test_memory_decides_where_it_is_not_enough_for_all_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parallel, said = asked(monkeypatch, None, 900 + 3 * 2050)
    assert parallel == 3
    assert said.startswith("3 at a time: 7050 MiB")
    assert asked(monkeypatch, None, 900 + 3 * 2050 - 1)[0] == 2


def test_who_asks_for_more_gets_it_and_is_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    parallel, said = asked(monkeypatch, 4, 7050)
    assert parallel == 4
    assert said.startswith("warning: 7050 MiB of memory are enough for 3 jobs")
    assert "Lower --jobs" in said


def test_less_memory_than_one_job_may_use_is_told_and_graded_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parallel, said = asked(monkeypatch, None, 2500)
    assert parallel == 1
    assert "enough for 0 jobs" in said
    assert "Lower limits.memory_mib" in said
