"""Grading on poorer machines: the wall holds, or says what it lacks, or nothing is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.attacks import machines
from tests.attacks.suite import HONEST, RULES, open_folder

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(1200)]

# One of each kind of harm; none that would hurt anybody if it got through.
ATTACKS = (
    "labels-by-path",
    "disk-canary",
    "disk-unlinked-mapped",
    "kernel-handles",
    "network-internet",
    "signal-abort-others",
)
# Where the working folder is no file system of its own.
DISK_ATTACKS = (
    "disk-carried-around",
    "disk-churn",
    "disk-inodes",
    "disk-long-maps",
    "disk-long-names",
    "disk-under-way",
)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make such a machine")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for every user; pytest's own are for one."""
    with open_folder() as folder:
        folder.chmod(0o777)
        yield folder


def attack(*machine: str, names: tuple[str, ...] = ATTACKS) -> Any:
    """Return what came of some attacks on such a machine."""
    command = [sys.executable, "-m", "tests.attacks", "--once", "--json", *names]
    command = [*machines.on(*machine), *command]
    done = subprocess.run(command, cwd=machines.ROOT, capture_output=True, check=False)
    if done.returncode == machines.CANNOT:
        pytest.skip(done.stderr.decode())
    assert done.stdout, done.stderr.decode()
    return json.loads(done.stdout)


def faults(campaign: Any) -> list[str]:
    parts = [*campaign["outcomes"], *campaign["proofs"]]
    return [fault for part in parts for fault in part["faults"]]


def grade(
    folder: Path, *options: str, machine: tuple[str, ...]
) -> subprocess.CompletedProcess[str]:
    """Grade an honest submission on such a machine."""
    (folder / "class" / "honest").mkdir(parents=True)
    (folder / "class" / "honest" / "submission.py").write_text(HONEST)
    helper = Path(__file__).with_name("honest.py").read_text(encoding="utf-8")
    (folder / "class" / "honest" / "honest.py").write_text(helper)
    command = [sys.executable, "-P", "-c", "from autograder.cli import main; main()", "grade"]
    command += [str(folder / "class"), "--out", str(folder / "out"), "--config", str(RULES)]
    environment = os.environ | {
        "AUTOGRADER_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(machines.ROOT),
    }
    done = subprocess.run(
        [*machines.on(*machine), *command, *options],
        cwd=machines.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == machines.CANNOT:
        pytest.skip(done.stderr)
    return done


@pytest.mark.parametrize(
    "machine",
    [
        pytest.param(("no-interface",), id="no-interface"),
        pytest.param(("ordinary-user",), id="ordinary-user", marks=as_root),
        pytest.param(("landlock-abi-1",), id="linux-5.13", marks=as_root),
        pytest.param(("landlock-abi-3",), id="linux-6.2", marks=as_root),
        pytest.param(("landlock-abi-5", "without-namespaces"), id="linux-6.10-bare", marks=as_root),
    ],
)
def test_the_wall_holds_on_a_poorer_machine(machine: tuple[str, ...]) -> None:
    campaign = attack(*machine)
    assert not faults(campaign)
    assert len(campaign["outcomes"]) == len(ATTACKS)
    assert campaign["isolation"] == "full"


@pytest.mark.parametrize(
    "machine",
    [
        pytest.param((), id="same-user"),
        pytest.param(("readable-python",), id="user-ids-of-their-own", marks=as_root),
        pytest.param(("ordinary-user",), id="ordinary-user", marks=as_root),
    ],
)
def test_without_namespaces_the_wall_holds_and_the_watchdog_keeps_count(
    machine: tuple[str, ...],
) -> None:
    campaign = attack(*machine, "without-namespaces", names=(*ATTACKS, *DISK_ATTACKS))
    assert not faults(campaign)
    assert len(campaign["outcomes"]) == len(ATTACKS) + len(DISK_ATTACKS)
    assert campaign["isolation"] == "full"


@as_root
def test_without_landlock_a_user_id_of_its_own_is_a_wall_with_a_warning(folder: Path) -> None:
    machine = ("readable-python", "without-landlock")
    names = (
        "labels-by-libraries", "memory-system-v", "process-sibling-folders", "signal-abort-others",
    )  # fmt: skip
    campaign = attack(*machine, names=names)
    assert not faults(campaign)
    assert campaign["isolation"] == "degraded"
    done = grade(folder, machine=machine)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((folder / "out/submissions/honest/report.json").read_text())
    assert report["verdict"] == "GRADED"
    assert "degraded-isolation" in report["flags"]


@pytest.mark.parametrize(
    "machine",
    [
        pytest.param(("without-landlock",), id="one-user"),
        pytest.param(("ordinary-user", "without-landlock"), id="ordinary-user", marks=as_root),
    ],
)
def test_without_landlock_and_without_users_nothing_is_run(
    folder: Path, machine: tuple[str, ...]
) -> None:
    done = grade(folder, machine=machine)
    if done.returncode == 0 and "degraded" in done.stdout:
        pytest.skip("others can read this Python, so jobs had users of their own")
    assert done.returncode == 2
    assert "no Landlock" in done.stderr
    assert "--no-sandbox" in done.stderr
    assert not (folder / "out" / "submissions").exists()


def test_no_sandbox_is_obeyed_and_told(folder: Path) -> None:
    done = grade(folder, "--no-sandbox", machine=("without-landlock",))
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "out/submissions/honest/report.json").read_text())
    assert (report["verdict"], report["isolation"]) == ("GRADED", "none")
    assert "unisolated" in report["flags"]
