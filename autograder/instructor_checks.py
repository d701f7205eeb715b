"""Runs an instructor's pytest checks on the facts about one submission.

The checks are the instructor's own code, so they run unconfined, but in a process of their own:
they may crash or hang without hurting the batch. No code of a submission runs here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import StrictBool, StrictStr, TypeAdapter

from autograder.model_rules import Description, model_parameters
from autograder.scoring import CheckResult

FOLDER_VARIABLE = "AUTOGRADER_CHECK_FOLDER"
_TIMEOUT_S = 60
_RESULTS = TypeAdapter(dict[str, tuple[StrictBool | None, StrictStr]])


@dataclass(frozen=True)
class CheckFacts:
    """What checks are told. Meanings as in `check_plugin.Facts`."""

    originals: NDArray[np.float32]
    description: Description


def run_checks(checks: Sequence[str], root: Path, facts: CheckFacts) -> dict[str, CheckResult]:
    """Run checks and return what each had to say, keyed as they were named.

    Those that leave no result, such as one that the kernel ends for want of memory, are run again.

    Args:
        checks: ``file.py::test_name``, the files relative to ``root``.
        root: Folder of grading.yaml.
        facts: What they are told.
    """
    if not checks:
        return {}
    results, silent = _run_once(checks, root, facts)
    if silent:
        again, silent = _run_once(list(silent), root, facts)
        results |= again
    return results | silent


def _run_once(
    checks: Sequence[str], root: Path, facts: CheckFacts
) -> tuple[dict[str, CheckResult], dict[str, CheckResult]]:
    """Return the results of checks that left one, and what to say of those that did not."""
    with tempfile.TemporaryDirectory(prefix="autograder-checks-") as name:
        folder = Path(name)
        _write_facts(folder, facts)
        problem = _run_pytest(checks, root, folder)
        said = _read_results(folder)
    results, silent = {}, {}
    for check in checks:
        file, _, test = check.partition("::")
        if found := said.get(f"{(root / file).resolve()}::{test}"):
            results[check] = found
        else:
            silent[check] = CheckResult(None, f"{check} left no result:\n{problem}")
    return results, silent


def _write_facts(folder: Path, facts: CheckFacts) -> None:
    description = facts.description
    augmented = description.augmented
    np.save(folder / "originals.npy", facts.originals)
    np.save(folder / "augmented.npy", augmented if augmented is not None else np.zeros(0))
    data: dict[str, Any] = {
        "layers": [layer.kind for layer in description.layers],
        "parameters": model_parameters(description.layers),
        "plan": description.plan,
    }
    (folder / "facts.json").write_text(json.dumps(data), encoding="utf-8")
    # An empty configuration: the checks must not depend on the project they lie in.
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")


def _run_pytest(checks: Sequence[str], root: Path, folder: Path) -> str:
    """Return what went wrong, for staff; used for checks that left no result."""
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "autograder.check_plugin", "-c", str(folder / "pytest.ini")]
    # Whole files: a single name that does not exist would keep pytest from running the others.
    files = sorted({check.partition("::")[0] for check in checks})
    command += [f"--rootdir={root}", "--continue-on-collection-errors", *files]
    package_parent = str(Path(__file__).resolve().parent.parent)
    environment = os.environ | {
        FOLDER_VARIABLE: str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": package_parent,
    }
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return f"the checks did not end within {_TIMEOUT_S} s"
    return (done.stdout + done.stderr).decode("utf-8", "replace")[-2000:]


def _read_results(folder: Path) -> dict[str, CheckResult]:
    try:
        text = (folder / "results.json").read_text(encoding="utf-8")
        said = _RESULTS.validate_python(json.loads(text))
    except (OSError, ValueError, RecursionError):  # missing, cut off, or written by something else
        return {}
    return {check: CheckResult(passed, message) for check, (passed, message) in said.items()}
