"""The machinery of `make repeat`: it would see it if a grade differed. Nothing is graded here."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.config_file import load_config
from autograder.models import Verdict
from tests.repeat.campaign import HERE, Grade, Result, Run, distinct, faults
from tests.repeat.conditions import CONDITIONS, LONG, SHORT, Condition, plan
from tests.repeat.load import busy

START = datetime(2026, 1, 1, tzinfo=UTC)
RESULT = Result("a" * 64, "b" * 64, 50.0)
# It changes boxes, no image.
LEFT_OUT = {"MaxNumBoundingBoxes"}


def graded(result: Result = RESULT, at_s: float = 0.0, verdict: Verdict = Verdict.GRADED) -> Grade:
    started_at = START + timedelta(seconds=at_s)
    return Grade("tf-data", verdict, result, started_at, started_at + timedelta(seconds=2))


def run_of(*grades: Grade, jobs: int = 1) -> Run:
    return Run(Condition("quiet", 1, jobs=jobs), grades, 1.0, 0.0)


def test_a_hundred_grades_are_shared_out_as_planned() -> None:
    steps = plan(100)
    assert [len(step.submissions) for step in steps] == [one.share for one in CONDITIONS]
    assert all({*step.submissions} == {LONG, *SHORT} for step in steps)


@pytest.mark.parametrize("grades", [1, 7, 99, 300])
def test_any_number_of_grades_can_be_shared_out(grades: int) -> None:
    steps = plan(grades)
    assert sum(len(step.submissions) for step in steps) == grades
    assert all(step.submissions for step in steps)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(RESULT, weights="c" * 64),
        dataclasses.replace(RESULT, predictions="c" * 64),
        dataclasses.replace(RESULT, score=50.0000001),
    ],
)
def test_a_single_part_that_differs_is_told(other: Result) -> None:
    runs = [run_of(graded()), run_of(graded(other))]
    assert len(list(faults(runs))) == 1
    assert distinct(one for run in runs for one in run.grades) == {"tf-data": {RESULT, other}}


def test_a_grade_that_failed_or_says_nothing_is_told() -> None:
    empty = Result(None, None, 0.0)
    runs = [run_of(graded(verdict=Verdict.TIME_LIMIT)), run_of(graded(empty), graded(empty))]
    assert len(list(faults(runs))) == 3


def test_jobs_that_were_not_side_by_side_are_told() -> None:
    one_by_one = run_of(graded(), graded(at_s=2), jobs=2)
    side_by_side = run_of(graded(), graded(at_s=1), jobs=2)
    assert (one_by_one.at_once, side_by_side.at_once) == (1, 2)
    assert len(list(faults([one_by_one, side_by_side]))) == 1
    assert list(faults([side_by_side])) == []


def test_busy_loops_take_time_and_end_even_on_an_error() -> None:
    with contextlib.suppress(ZeroDivisionError), busy(2) as load:
        loops = [loop.pid for loop in load._loops]
        time.sleep(0.05)
        raise ZeroDivisionError
    assert load.cpu_s > 0
    for pid in loops:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_rules_leave_every_check_on() -> None:
    config = load_config(HERE / "rules.yaml")
    assert config.rules.disabled == ()
    assert config.seeds.max_runs == 1


def test_every_augmentation_of_keras_is_used() -> None:
    script = (
        "from keras import layers\n"
        "from keras.src.layers.preprocessing.image_preprocessing."
        "base_image_preprocessing_layer import BaseImagePreprocessingLayer as Base\n"
        "found = {name: getattr(layers, name) for name in dir(layers)}\n"
        "print(*(n for n, a in found.items() if isinstance(a, type) and issubclass(a, Base)))"
    )
    listed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(listed) > 25
    path = HERE / "submissions" / "every-augmentation" / "submission.py"
    assert {*listed} - LEFT_OUT - calls(path) == set()


def calls(path: Path) -> set[str]:
    """Return the names after the last dot of everything that a module calls."""
    called = (
        node.func
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    )
    return {function.attr for function in called if isinstance(function, ast.Attribute)}
