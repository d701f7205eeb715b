"""What `autograder train` shows while a job runs; the rest of it is tried in test_cli.py."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from autograder.commands.train import EpochView, _show
from autograder.jobs import Progress
from autograder.view import Bar
from tests.conftest import TinyData
from tests.fakes import HISTORY, Watched, fake_grader, predictions, submission

LINE = json.dumps(HISTORY).encode() + b"\n"


def shown(history: bytes) -> str:
    console = Console(file=io.StringIO(), width=200)
    with Bar(console, announce=False) as bar:
        EpochView(console, bar).progress("ada", Progress(5, 10, history))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("begun", [b"", b'{"epoch": 2, "st'])
def test_epochs_that_have_ended_are_shown(begun: bytes) -> None:
    assert shown(LINE + begun).count("epoch   1/2") == 1


@pytest.mark.parametrize(
    "odd",
    [
        b"no history\n",
        b"\xff\n",
        b"[" * 5000 + b"\n",
        json.dumps(HISTORY | {"step": "5"}).encode() + b"\n",
    ],
)
def test_a_history_that_the_job_wrote_over_is_not_shown(odd: bytes) -> None:
    assert shown(LINE + odd) == ""


def test_an_epoch_without_steps_is_shown_all_the_same() -> None:
    assert "loss" in shown(json.dumps(HISTORY | {"step": 0}).encode() + b"\n")


def test_what_a_graded_submission_should_know_is_shown(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data, holdout=False)
    script.train = lambda: script.trained(**{"architecture.json": b""})
    forgetful = {"validation.f32": predictions(script.validation_labels, right=1)}
    script.predict = lambda: script.predicted(**forgetful)
    outcome = grader.grade(submission(), Watched())
    console = Console(file=io.StringIO(), width=500)
    assert _show(outcome, grader.assignment, console) == 0
    assert isinstance(console.file, io.StringIO)
    assert "your network predicts otherwise than right after training" in console.file.getvalue()
