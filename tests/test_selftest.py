"""The self-test of the sandbox: what it tries, and that it would notice."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from autograder.commands import doctor as command
from autograder.connection import PACKAGE_PARENT
from autograder.environment import detect_environment, promise
from autograder.errors import InternalError, SandboxUnavailableError
from autograder.selftest import report
from autograder.selftest.report import SelfTest, run_selftest

if sys.platform != "linux":
    pytest.skip("the sandbox is for Linux", allow_module_level=True)

from autograder.sandbox import Defences

pytestmark = pytest.mark.sandbox

FULL = Defences(landlock_abi=7, own_uid=False, namespaces=True)
WITHOUT_LANDLOCK = Defences(landlock_abi=0, own_uid=True, namespaces=True)


def diagnosis(defences: Defences, test: SelfTest, monkeypatch: pytest.MonkeyPatch) -> str:
    console = Console(file=io.StringIO(), width=200)
    monkeypatch.setattr(command, "detect_defences", lambda readable: defences)
    monkeypatch.setattr(command, "run_selftest", lambda: test)
    code = command.doctor(console)
    assert isinstance(console.file, io.StringIO)
    return f"{console.file.getvalue()}exit code {code}"


def test_twenty_probes_are_refused_in_a_real_job() -> None:
    try:
        test = run_selftest()
    except SandboxUnavailableError as error:
        pytest.skip(f"no sandbox on this machine: {error}")
    assert len(test.refused) == 20
    assert not test.got_in


@pytest.mark.parametrize(
    "probe",
    [
        "read a file of yours",
        "write to a file of yours",
        "list the jobs beside it",
        "list all processes",
        "read the environment of its parent",
        "signal its parent",
        "renice its parent",
        "limit its parent",
        "start a second process",
        "start a program",
        "open an internet socket",
        "open a local socket",
    ],
)
def test_a_probe_gets_in_where_nothing_stops_it(probe: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("mine")
    script = (
        "from pathlib import Path; from autograder.selftest.probes import probes; "
        f"probes(Path({str(canary)!r}))[{probe!r}]()"
    )
    # Between us and it a parent that it may do things to.
    shell = ["sh", "-c", '"$@"; exit $?', "sh"]
    done = subprocess.run(
        [*shell, sys.executable, "-c", script],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": PACKAGE_PARENT},
    )
    assert done.returncode == 0


def test_a_machine_where_all_is_refused_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = diagnosis(FULL, SelfTest({"read": "EPERM", "write": "EPERM"}), monkeypatch)
    assert "2 of 2 probes refused" in shown
    assert "isolation: full (the layers missing above would only add to it)\n" in shown
    assert f"reproducibility: {promise(detect_environment('strict'))}\n" in shown
    assert shown.endswith("exit code 0")


def test_where_nothing_is_missing_nothing_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Defences(landlock_abi=7, own_uid=True, namespaces=True)
    shown = diagnosis(everything, SelfTest({"read": "EPERM"}), monkeypatch)
    assert "isolation: full\n" in shown


@pytest.mark.parametrize(
    ("memory", "line"),
    [
        (9000, "memory: 9000 MiB, enough for 3 jobs at once of 2048 MiB each\n"),
        (2048, "enough for 0 jobs at once of 2048 MiB each: lower limits.memory_mib, or"),
        (None, ""),
    ],
)
def test_memory_is_told_in_jobs(
    memory: int | None, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "memory_mib", lambda: memory)
    shown = diagnosis(FULL, SelfTest({"read": "EPERM"}), monkeypatch)
    assert line in shown
    assert ("memory: " in shown) == (memory is not None)


def test_a_machine_without_landlock_is_degraded_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    test = SelfTest({"read": "EPERM", "list all processes": None})
    shown = diagnosis(WITHOUT_LANDLOCK, test, monkeypatch)
    assert "degraded, for want of Landlock" in shown
    assert "/sys/kernel/security/lsm" in shown
    assert "a job could list all processes" in shown
    assert shown.endswith("exit code 1")


def test_a_sandbox_with_a_hole_is_nothing_to_grade_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InternalError, match="does not hold"):
        diagnosis(FULL, SelfTest({"read a file of yours": None}), monkeypatch)


def test_a_machine_without_a_sandbox_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(readable: tuple[Path, ...]) -> Defences:
        raise SandboxUnavailableError("this kernel has no seccomp filters")

    console = Console(file=io.StringIO())
    monkeypatch.setattr(command, "detect_defences", nothing)
    assert command.doctor(console) == 1
    assert isinstance(console.file, io.StringIO)
    assert "isolation: none" in console.file.getvalue()


def test_a_self_test_that_does_not_end_is_our_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_CLASSES", "none")
    with pytest.raises(InternalError, match="did not come to its end"):
        run_selftest()
