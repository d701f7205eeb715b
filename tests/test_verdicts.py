"""How a job's end becomes a verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending, JobResult, Limits
from autograder.models import Location, SourceFile, Submission, Verdict
from autograder.verdicts import Failure, failure_of

LIMITS = Limits(cpu_s=7, wall_s=8, memory_mib=1000, disk_mib=9, threads=10, output_mib=11)
NOTEBOOK = SourceFile("submission.py", "a\nb\n", "submission.ipynb", ((1, 1), (3, 2)))
SUBMISSION = Submission("s", "s", "", Path("s"), (NOTEBOOK,), "0" * 64)


def ended(
    ending: Ending = Ending.EXITED,
    exit_code: int = 0,
    error: dict[str, Any] | bytes | None = None,
    log: bytes = b"",
    peak_memory_mib: float = 300,
) -> JobResult:
    outputs = {}
    if error is not None:
        outputs["error.json"] = error if isinstance(error, bytes) else json.dumps(error).encode()
    return JobResult(ending, exit_code, 1.0, 1.0, peak_memory_mib, log, outputs)


def failure(**how: Any) -> Failure:
    found = failure_of(ended(**how), SUBMISSION, LIMITS)
    assert found is not None
    return found


def error(**changes: Any) -> dict[str, Any]:
    base = {
        "stage": "build_model", "contract": False, "type": "ValueError", "message": "too deep",
        "places": [["layers.py", 7], ["submission.py", 2], ["ops.py", 9]],
    }  # fmt: skip
    return base | changes


def test_a_clean_end_is_no_failure() -> None:
    assert failure_of(ended(), SUBMISSION, LIMITS) is None


@pytest.mark.parametrize(
    ("ending", "verdict", "number"),
    [
        (Ending.CPU_LIMIT, Verdict.TIME_LIMIT, "7 s"),
        (Ending.WALL_LIMIT, Verdict.TIME_LIMIT, "8 s"),
        (Ending.MEMORY_LIMIT, Verdict.MEMORY_LIMIT, "1000 MiB"),
        (Ending.DISK_LIMIT, Verdict.OUTPUT_LIMIT, "9 MiB"),
        (Ending.THREAD_LIMIT, Verdict.RUNTIME_ERROR, "10 threads"),
        (Ending.OUTPUT_LIMIT, Verdict.OUTPUT_LIMIT, "11 MiB"),
    ],
)
def test_each_limit_has_its_verdict_and_names_its_number(
    ending: Ending, verdict: Verdict, number: str
) -> None:
    found = failure(ending=ending, exit_code=-9)
    assert found.verdict is verdict
    assert number in found.findings[0].message
    assert found.findings[0].hint


def test_a_job_that_the_kernel_ends_is_out_of_memory_only_above_its_own_limit() -> None:
    """A container may have less than that; no student can know."""
    greedy = failure(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9, peak_memory_mib=1000.1)
    assert greedy.verdict is Verdict.MEMORY_LIMIT
    below = ended(Ending.KILLED_FROM_OUTSIDE, -9, peak_memory_mib=1000)
    with pytest.raises(JobInfrastructureError, match=r"1000 of the 1000 MiB .* lower --jobs"):
        failure_of(below, SUBMISSION, LIMITS)


def test_an_exception_is_placed_in_the_students_own_counting() -> None:
    found = failure(exit_code=1, error=error())
    assert found.verdict is Verdict.RUNTIME_ERROR
    assert found.findings[0].location == Location("submission.ipynb", 2, 3)
    assert "ValueError in build_model: too deep" in found.findings[0].message


@pytest.mark.parametrize(
    "ending", [Ending.KILLED_FROM_OUTSIDE, Ending.MACHINE_DISK_FULL, Ending.NOT_STARTED]
)
def test_what_the_machine_did_is_never_the_students_fault(ending: Ending) -> None:
    with pytest.raises(JobInfrastructureError):
        failure(ending=ending, exit_code=1, error=error())


def test_an_error_file_that_found_no_room_is_the_jobs_disk_limit() -> None:
    assert failure(exit_code=1, error=b"").verdict is Verdict.OUTPUT_LIMIT


def test_a_full_folder_of_its_own_is_the_jobs_limit() -> None:
    full = error(type="OSError", message="[Errno 28] No space left on device: 'history.jsonl'")
    assert failure(exit_code=1, error=full).verdict is Verdict.OUTPUT_LIMIT


def test_a_broken_contract_rejects() -> None:
    assert failure(exit_code=1, error=error(contract=True)).verdict is Verdict.REJECTED


@pytest.mark.parametrize("kind", ["MemoryError", "_ArrayMemoryError", "ResourceExhaustedError"])
def test_an_exception_for_want_of_memory_is_the_memory_limit(kind: str) -> None:
    assert failure(exit_code=1, error=error(type=kind)).verdict is Verdict.MEMORY_LIMIT


@pytest.mark.parametrize(
    "how", [{"log": b"terminate ... std::bad_alloc"}, {"peak_memory_mib": 950}]
)
def test_a_crash_for_want_of_memory_is_the_memory_limit(how: dict[str, Any]) -> None:
    assert failure(exit_code=-6, **how).verdict is Verdict.MEMORY_LIMIT


def test_any_other_crash_names_the_signal() -> None:
    found = failure(exit_code=-11)
    assert found.verdict is Verdict.RUNTIME_ERROR
    assert "signal 11" in found.findings[0].message


@pytest.mark.parametrize(
    "forged",
    [b"{}", b"[" * 100_000, b"\xff", b'{"stage": 1}', json.dumps(error(extra=1)).encode()],
)
def test_a_forged_error_file_is_the_students_fault_not_ours(forged: bytes) -> None:
    found = failure(exit_code=1, error=forged)
    assert found.verdict is Verdict.RUNTIME_ERROR


def test_an_exit_code_without_an_error_is_the_students() -> None:
    assert failure(exit_code=3).verdict is Verdict.RUNTIME_ERROR
