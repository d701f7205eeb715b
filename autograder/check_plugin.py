"""Pytest plugin for an instructor's checks: gives them the facts, keeps what they said.

Loaded with ``-p autograder.check_plugin`` in a process of its own (see instructor_checks.py).
Checks get data that a job left behind, never the submission's code.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.instructor_checks import FOLDER_VARIABLE


@dataclass(frozen=True)
class Facts:
    """What a check may look at.

    Attributes:
        originals: Training images, float32 in 0..255, shape (images, height, width, 3).
        augmented: The same images augmented, shape (passes, images, height, width, 3).
        layers: Kind of each innermost layer, in order, such as ``Conv2D``.
        parameters: Number of parameters.
        plan: What ``training_plan()`` returned.
    """

    originals: NDArray[np.float32]
    augmented: NDArray[np.float32]
    layers: tuple[str, ...]
    parameters: int
    plan: dict[str, Any]


@pytest.fixture(scope="session")
def submission() -> Facts:
    """The facts about the submission that is being graded."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    return Facts(
        originals=np.load(folder / "originals.npy"),
        augmented=np.load(folder / "augmented.npy"),
        layers=tuple(facts["layers"]),
        parameters=facts["parameters"],
        plan=facts["plan"],
    )


_results: dict[str, list[Any]] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keep the outcome: only a failed assertion says something about the submission."""
    report = yield
    check = f"{item.path}::{item.name}"
    if report.passed and report.when == "call":
        _results[check] = [True, ""]
    elif not report.passed:
        error = call.excinfo
        failed = report.when == "call" and error is not None and error.errisinstance(AssertionError)
        text = str(error.value) if error else str(report.longrepr)
        # Pytest adds the compared values below the author's own words.
        message = text.partition("\nassert ")[0] if failed else f"{report.when}: {text}"
        _results[check] = [False if failed else None, message]
    return report


def pytest_sessionfinish() -> None:
    """Write down what the checks said."""
    path = Path(os.environ[FOLDER_VARIABLE]) / "results.json"
    path.write_text(json.dumps(_results), encoding="utf-8")
