"""Running the cases natively and on emulated CPUs, and comparing what comes of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.jobs import environment

NATIVE = "native"
# One of each that AVX2 began with, that is of another vendor, and that is of another generation.
CPUS = ("Haswell", "EPYC-Rome", "Skylake-Client")
ROOT = Path(__file__).parents[2]

Digests = Mapping[str, str]


def qemu() -> str | None:
    """Return where the emulator is; None where it is not."""
    return shutil.which("qemu-x86_64")


def train(cpu: str, out: Path, patterns: Sequence[str] = (), folder: Path = ROOT) -> None:
    """Train the cases in a process of their own, on this CPU or on an emulated one.

    Args:
        cpu: `NATIVE`, or a name of QEMU's.
        out: Where the digests are written, a line for each case.
        patterns: Texts, one of which a case's id contains; none for all cases.
        folder: Where the process works.
    """
    emulator = [] if cpu == NATIVE else [qemu() or "qemu-x86_64", "-cpu", cpu]
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as lines, out.with_suffix(".log").open("wb") as log:
        subprocess.run(
            [*emulator, sys.executable, "-m", "tests.bits.training", *patterns],
            env=environment(strict=True) | {"PYTHONPATH": str(ROOT), "HOME": os.devnull},
            cwd=folder,
            stdout=lines,
            stderr=log,
            check=True,
        )


def read(out: Path) -> dict[str, Digests]:
    """Return the digests of each part of each case, by the case's id."""
    found = {}
    for line in out.read_text(encoding="utf-8").splitlines():
        digests = json.loads(line)
        found[digests.pop("case")] = digests
    return found


def differing(one: Mapping[str, Digests], other: Mapping[str, Digests]) -> dict[str, list[str]]:
    """Return the parts that differ, of cases in which any does; a part may be missing in one."""
    found = {}
    for case, digests in one.items():
        others = other.get(case, {"missing": ""})
        parts = [part for part in {**digests, **others} if digests.get(part) != others.get(part)]
        if parts:
            found[case] = parts
    return found
