"""`autograder doctor`: how well this machine isolates students' code, tried for real.

It also says whether trainings here come to the bits that other machines come to.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from autograder.config import LimitsConfig
from autograder.confined_runner import detect_defences
from autograder.environment import detect_environment, promise
from autograder.errors import InternalError, SandboxUnavailableError
from autograder.machine import jobs_that_fit, memory_mib
from autograder.selftest.report import SelfTest, run_selftest
from autograder.view import plain

if TYPE_CHECKING:  # it needs Linux
    from autograder.sandbox import Defences

# What only Landlock refuses: without it, these are why the level is "degraded".
_LANDLOCK_ALONE = {"list the jobs beside it", "list all processes"}


def doctor(console: Console) -> int:
    """Print layers, self-test, bits and level; return 0 if isolation is full, else 1.

    Raises:
        InternalError: Not even an honest job runs in the sandbox.
    """
    try:
        defences = detect_defences(())
    except SandboxUnavailableError as error:
        console.print(plain(f"isolation: none\n{error}"), style="bold red", soft_wrap=True)
        _show_promise(console)
        return 1
    console.print(_layers(defences))
    with console.status("trying to get out"):
        test = run_selftest()
    _show_memory(console)
    _show_promise(console)
    return _conclude(defences, test, console)


def _show_memory(console: Console) -> None:
    """Say how many jobs can use all the memory that they may, if the rules leave that as it is."""
    memory, limits = memory_mib(), LimitsConfig()
    if memory is None:
        return
    fitting = jobs_that_fit(limits, memory)
    line = (
        f"memory: {memory} MiB, enough for {fitting} jobs at once of {limits.memory_mib} MiB each"
    )
    if fitting == 0:
        line += ": lower limits.memory_mib, or the kernel will end jobs before their limit does"
    style = "" if fitting else "yellow"
    console.print(plain(line), style=style, highlight=False, soft_wrap=True)


def _show_promise(console: Console) -> None:
    """Say whether trainings here come to the bits of other machines, if the rules are strict."""
    line = promise(detect_environment("strict"))
    console.print(plain(f"reproducibility: {line}"), highlight=False, soft_wrap=True)


def _layers(defences: Defences) -> Table:
    table = Table(title="Layers on this machine", title_justify="left")
    for column in ("layer", "here", "what it stops"):
        table.add_column(column, overflow="fold")
    for name, state, stops in (
        ("seccomp", "yes", "other processes and programs, sockets, signals, kernel interfaces"),
        ("Landlock", _landlock(defences), "every file but its own, its data and the libraries"),
        ("no capabilities", "yes", "whatever root could do besides"),
        ("own user id", _own_uid(defences), "files and processes of other users and jobs"),
        (
            "namespaces",
            "yes" if defences.namespaces else "no: the kernel or container refuses them",
            "network interfaces, others' shared memory; a folder in memory caps its disk",
        ),
        ("rlimits, watchdog", "yes", "using more time, memory, threads, disk than allowed"),
    ):
        table.add_row(name, state, stops)
    return table


def _landlock(defences: Defences) -> str:
    if defences.landlock_abi:
        return f"yes (ABI {defences.landlock_abi})"
    return "no: the kernel is older than 5.13 or has it switched off"


def _own_uid(defences: Defences) -> str:
    if defences.own_uid:
        return "yes"
    if os.geteuid() != 0:
        return "no: needs root"
    return "no: other users cannot read this Python"


def _conclude(defences: Defences, test: SelfTest, console: Console) -> int:
    held = len(test.refused) - len(test.got_in)
    console.print(f"self-test: {held} of {len(test.refused)} probes refused; an honest job works")
    expected = set() if defences.landlock_abi else _LANDLOCK_ALONE
    for name in test.got_in:
        console.print(plain(f" ✗ a job could {name}"), style="red")
    if set(test.got_in) - expected:
        raise InternalError("the sandbox of this machine does not hold; do not grade on it")
    if defences.level == "full":
        complete = defences.own_uid and defences.namespaces
        more = "" if complete else " (the layers missing above would only add to it)"
        console.print(f"isolation: full{more}", style="green")
        return 0
    console.print(
        "isolation: degraded, for want of Landlock: a job could read what every user of this "
        "machine can read. Every report will say so. Linux 5.13 and later have it, where it is "
        "not switched off: look for landlock in /sys/kernel/security/lsm.",
        style="yellow",
        soft_wrap=True,
    )
    return 1
