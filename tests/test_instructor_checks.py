"""An instructor's pytest checks: what they are told, and what becomes of what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.instructor_checks import CheckFacts, run_checks
from autograder.model_rules import Description
from autograder.models import Layer
from autograder.scoring import CheckResult

ROOT = Path(__file__).parent.parent
CUT_OFF = """
import atexit, os, pathlib
from autograder.instructor_checks import FOLDER_VARIABLE
results = pathlib.Path(os.environ[FOLDER_VARIABLE]) / "results.json"
atexit.register(results.write_text, '{"test_it.py::te')
def test_it(submission): pass
"""
IMAGES = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3)).astype(np.float32)


def facts(augmented: NDArray[np.float32] | None) -> CheckFacts:
    layer = Layer("a", "Conv2D", True, (8, 8, 4), ((3, 3, 3, 4),), ((3, 3, 3, 4),))
    plan = {"epochs": 3, "batch_size": 8}
    return CheckFacts(IMAGES, Description((layer,), (43,), (8, 8, 3), plan, b"", augmented))


def say(folder: Path, body: str, *names: str) -> list[CheckResult]:
    (folder / "test_it.py").write_text(body)
    checks = [f"test_it.py::{name}" for name in names]
    results = run_checks(checks, folder, facts(np.stack([IMAGES, IMAGES])))
    return [results[check] for check in checks]


def test_checks_are_told_the_facts(tmp_path: Path) -> None:
    body = """
def test_facts(submission):
    assert submission.originals.shape == (4, 8, 8, 3)
    assert submission.augmented.shape == (2, 4, 8, 8, 3)
    assert submission.layers == ("Conv2D",)
    assert submission.parameters == 108
    assert submission.plan == {"epochs": 3, "batch_size": 8}
"""
    assert say(tmp_path, body, "test_facts") == [CheckResult(True)]


def test_a_failed_assertion_speaks_in_the_authors_own_words(tmp_path: Path) -> None:
    body = "def test_no(submission):\n    assert 1 == 2, 'Use more layers.'\n"
    assert say(tmp_path, body, "test_no") == [CheckResult(False, "Use more layers.")]


@pytest.mark.parametrize(
    "body",
    [
        "def test_it(submission):\n    1 / 0\n",
        "import nothing_like_it\ndef test_it(submission): pass\n",
        "def test_it(no_such_fixture): pass\n",
        "def test_it(:\n",
        "import os\ndef test_it(submission): os._exit(3)\n",
        CUT_OFF,
        "",
    ],
    ids=["crash", "import", "fixture", "syntax", "exit", "cut off", "missing"],
)
def test_a_check_that_cannot_say_is_our_fault(tmp_path: Path, body: str) -> None:
    (result,) = say(tmp_path, body, "test_it")
    assert result.passed is None
    assert result.message


def test_one_broken_check_does_not_silence_another(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text("def test_fine(submission): pass\n")
    (tmp_path / "test_broken.py").write_text("import nothing_like_it\n")
    checks = ["test_broken.py::test_it", "test_other.py::test_fine"]
    results = run_checks(checks, tmp_path, facts(None))
    assert [results[check].passed for check in checks] == [None, True]


def test_checks_that_somebody_kills_are_run_again(tmp_path: Path) -> None:
    body = """
import os, pathlib, signal
def test_it(submission):
    been_here = pathlib.Path(__file__).with_name("been-here")
    if not been_here.exists():
        been_here.touch()
        os.kill(os.getpid(), signal.SIGKILL)
"""
    assert say(tmp_path, body, "test_it") == [CheckResult(True)]


def test_no_checks_start_no_process(tmp_path: Path) -> None:
    assert run_checks([], tmp_path, facts(None)) == {}


@pytest.mark.parametrize(
    ("second", "third", "passed"),
    [(IMAGES, IMAGES, False), (IMAGES / 2, IMAGES / 2, False), (IMAGES / 2, IMAGES / 3, True)],
    ids=["unchanged", "the same each time", "drawn anew"],
)
def test_the_stochastic_check_of_the_solutions(
    second: NDArray[np.float32],
    third: NDArray[np.float32],
    passed: bool,
) -> None:
    check = "solutions/checks/test_augmentation.py::test_augmentation_is_stochastic"
    results = run_checks([check], ROOT, facts(np.stack([second, third])))
    assert results[check].passed is passed
