"""Versions and machine, found without importing them."""

from __future__ import annotations

import getpass
import platform
import subprocess
import sys
from typing import Any

import pytest

from autograder.environment import computing_files, detect_environment, harness_version, promise

X86: dict[str, Any] = {
    "platform": "Linux-x86_64",
    "vector_extensions": ("sse4_2", "avx", "fma", "avx2"),
}


def test_versions_are_those_that_a_job_imports() -> None:
    import numpy as np

    assert detect_environment("strict").numpy == np.__version__
    script = (
        "from autograder.environment import detect_environment as d; e = d('host'); import sys;"
        "print(e.keras, e.tensorflow, 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    keras, tensorflow, imported = done.stdout.split()
    assert keras[0] == "3"
    assert tensorflow[0] == "2"
    assert imported == "False"


def test_strict_results_hold_on_every_cpu_and_host_results_on_one() -> None:
    for mode, same in (("strict", True), ("host", False)):
        here = detect_environment(mode)  # type: ignore[arg-type]
        # As if it were a machine that strict mode is for, whatever this one is.
        here = here.model_copy(update=X86)
        elsewhere = here.model_copy(update={"cpu": "another"})
        assert (here.sha256 == elsewhere.sha256) is same


def test_settings_of_the_jobs_are_in_the_fingerprint() -> None:
    strict, host = detect_environment("strict"), detect_environment("host")
    assert strict.onednn == "ONEDNN_MAX_CPU_ISA=AVX2 TF_ENABLE_ONEDNN_OPTS=1"
    assert host.onednn == "TF_ENABLE_ONEDNN_OPTS=1"
    assert (strict.threads, strict.autograder) == (1, harness_version())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Your bits are the grader's: strict mode on x86-64 with AVX2"),
        ({"reproducibility": "host"}, "by their fingerprint: the rules say reproducibility: host."),
        ({"platform": "Linux-aarch64"}, "this is no x86-64 processor but aarch64."),
        ({"platform": "Darwin-arm64"}, "this is no x86-64 processor but arm64."),
        ({"platform": ""}, "this is no x86-64 processor but an unknown one."),
        ({"platform": "Windows-AMD64"}, "equal bits were shown on Linux, not on Windows."),
        ({"vector_extensions": ("sse4_2", "avx")}, "this processor has no AVX2."),
        ({"vector_extensions": ("avx2",)}, "this processor has no FMA."),
        ({"vector_extensions": ()}, "there is no reading what this processor can do."),
    ],
)
def test_one_line_says_whether_bits_are_the_graders(changes: dict[str, Any], told: str) -> None:
    line = promise(detect_environment("strict").model_copy(update=X86 | changes))
    assert told in line
    assert "\n" not in line


def test_nothing_in_it_names_this_machine() -> None:
    written = detect_environment("host").model_dump_json()
    names = {platform.node(), platform.release(), platform.version(), getpass.getuser()}
    # A short one could be part of a word.
    assert not [name for name in names if len(name) > 4 and name in written]


def test_the_harness_version_names_ours_and_a_digest() -> None:
    ours, digest = harness_version().split("+")
    assert ours.count(".") == 2
    assert len(digest) == 12


def test_the_harness_version_covers_all_that_computes_a_score() -> None:
    names = {path.name for path in computing_files()}
    assert {"loop.py", "determinism.py", "metrics.py", "scoring.py", "budget.py"} <= names
    assert {"cost.py", "rates.py", "resampling.py", "stats.py"} <= names
