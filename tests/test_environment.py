"""Versions and machine, found without importing them."""

from __future__ import annotations

import subprocess
import sys

from autograder.environment import computing_files, detect_environment, harness_version


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
        elsewhere = here.model_copy(update={"cpu": "another"})
        assert (here.sha256 == elsewhere.sha256) is same


def test_the_harness_version_names_ours_and_a_digest() -> None:
    ours, digest = harness_version().split("+")
    assert ours.count(".") == 2
    assert len(digest) == 12


def test_the_harness_version_covers_all_that_computes_a_score() -> None:
    names = {path.name for path in computing_files()}
    assert {"loop.py", "determinism.py", "metrics.py", "scoring.py", "budget.py"} <= names
