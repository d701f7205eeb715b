"""What a job costs beyond its own work. Run by `make bench`; prints, and checks ratios alone."""

from __future__ import annotations

import statistics
import time

import pytest

from autograder.confined_runner import SandboxRunner
from autograder.jobs import Ending
from tests.conftest import TINY, Jobs, TinyData

pytestmark = pytest.mark.sandbox


def test_an_empty_job_costs_a_small_part_of_starting_the_zygote(tiny_data: TinyData) -> None:
    with SandboxRunner(tiny_data.readable, strict=True) as runner:
        jobs = Jobs(runner, tiny_data)
        started = time.perf_counter()
        assert jobs.describe("raise SystemExit").ending is Ending.EXITED
        first_s = time.perf_counter() - started
        later_s = []
        for _ in range(30):
            started = time.perf_counter()
            jobs.describe("raise SystemExit")
            later_s.append(time.perf_counter() - started)
        own_work = jobs.describe(TINY)
    median_s = statistics.median(later_s)
    print(
        f"\nfirst job, with the start of the zygote: {first_s:.2f} s\n"
        f"an empty job after that: median {1000 * median_s:.0f} ms, "
        f"worst {1000 * max(later_s):.0f} ms\n"
        f"describing a tiny model: {own_work.cpu_s:.2f} s of CPU, "
        f"{own_work.peak_memory_mib:.0f} MiB at most"
    )
    assert median_s < first_s / 10
