"""What `grade` says about thresholds that fail work which deserves all points."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.assignment import Assignment
from autograder.calibration import Sample
from autograder.calibration_file import (
    FILE_NAME,
    Calibration,
    basis_of,
    calibrated,
    save,
    threshold_warnings,
)
from autograder.commands.grade import warn
from autograder.config import Config
from autograder.rubric import MetricCriterion
from tests.conftest import TinyData
from tests.fakes import CONFIG, fake_grader

VALUES = (0.93, 0.94, 0.935, 0.925, 0.93)


def rules(**criterion: Any) -> Config:
    """Return rules whose first criterion is changed."""
    f1 = CONFIG.rubric[0].model_copy(update=criterion)
    return CONFIG.model_copy(update={"rubric": (f1, *CONFIG.rubric[1:])})


@pytest.fixture
def assignment(tiny_data: TinyData, tmp_path: Path) -> Assignment:
    grader, _ = fake_grader(tiny_data, rules(full_at=0.9))
    return dataclasses.replace(grader.assignment, config_path=tmp_path / "grading.yaml")


def calibrate(assignment: Assignment, *values: float, ungraded: int = 0) -> Calibration:
    """Write the file for this assignment."""
    [f1] = [item for item in assignment.config.rubric if isinstance(item, MetricCriterion)]
    samples = [Sample("reference", values, ungraded, 0.001)]
    calibration = Calibration(
        version=1,
        calibrated_at=datetime(2027, 1, 1, tzinfo=UTC),
        seeds=tuple(range(len(values) + ungraded)),
        basis=basis_of(assignment),
        criteria=(calibrated(f1, samples, {"reference": "a" * 64}),),
    )
    save(calibration, assignment.config_path)
    return calibration


def test_without_a_file_nothing_is_known(assignment: Assignment) -> None:
    assert list(threshold_warnings(assignment)) == []


def test_what_is_saved_is_what_is_read(assignment: Assignment) -> None:
    calibration = calibrate(assignment, *VALUES)
    text = (assignment.root / FILE_NAME).read_text()
    assert Calibration.model_validate_json(text) == calibration
    known = calibration.criteria[0].false_fails
    assert (known.solution, known.fails, known.runs, known.low) == ("reference", 0, 5, 0.0)
    assert calibration.criteria[0].threshold == 0.9


def test_a_threshold_that_is_met_needs_no_words(assignment: Assignment) -> None:
    calibrate(assignment, *VALUES)
    assert list(threshold_warnings(assignment)) == []


def test_a_threshold_raised_since_is_judged_by_the_same_values(assignment: Assignment) -> None:
    calibrate(assignment, *VALUES)
    raised = dataclasses.replace(assignment, config=rules(full_at=0.93))
    [line] = threshold_warnings(raised)
    assert line.startswith("f1: reference misses full_at 0.93 in about 38.2% of trainings (1 of 5")
    assert line.endswith("; proposed: 0.90")
    assert "\n" not in line


def test_ungraded_trainings_are_told(assignment: Assignment) -> None:
    calibrate(assignment, *VALUES, ungraded=1)
    [line] = threshold_warnings(assignment)
    assert "(1 of 6 seen" in line
    assert "proposed" not in line


@pytest.mark.parametrize("change", [{"metric": "accuracy"}, {"id": "other"}])
def test_nothing_is_known_of_another_metric(assignment: Assignment, change: dict[str, str]) -> None:
    calibrate(assignment, *VALUES)
    config = rules(full_at=1.0, **change)
    assert list(threshold_warnings(dataclasses.replace(assignment, config=config))) == []


def other_budget(assignment: Assignment) -> Assignment:
    budget = assignment.config.budget.model_copy(update={"parameters": 7})
    config = assignment.config.model_copy(update={"budget": budget})
    return dataclasses.replace(assignment, config=config)


def other_images(assignment: Assignment) -> Assignment:
    dataset = dataclasses.replace(assignment.dataset, fingerprint="0" * 64)
    return dataclasses.replace(assignment, dataset=dataset)


def other_holdout(assignment: Assignment) -> Assignment:
    assert assignment.holdout
    return dataclasses.replace(
        assignment, holdout=dataclasses.replace(assignment.holdout, sha256="0" * 64)
    )


def other_mode(assignment: Assignment) -> Assignment:
    config = assignment.config.model_copy(update={"reproducibility": "host"})
    return dataclasses.replace(assignment, config=config)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_budget, "budget"),
        (other_images, "training images"),
        (other_holdout, "holdout"),
        (other_mode, "reproducibility"),
    ],
)
def test_a_calibration_of_other_rules_is_stale_and_says_so_once(
    assignment: Assignment, change: Any, words: str
) -> None:
    calibrate(assignment, 0.1, 0.2, 0.3)  # were it not stale, there would be much to warn of
    assert len(list(threshold_warnings(assignment))) == 1
    [line] = threshold_warnings(change(assignment))
    assert f"is stale: changed since: {words};" in line
    assert "autograder calibrate --write" in line


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 10_000, b'{"version": 2}'])
def test_a_broken_file_is_no_error(assignment: Assignment, content: bytes) -> None:
    (assignment.root / FILE_NAME).write_bytes(content)
    [line] = threshold_warnings(assignment)
    assert "cannot be read" in line


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('"step": 0.001', '"step": 0.0'),
        ('"step": 0.001', '"step": 1e-320'),
        ('"ungraded": 0', f'"ungraded": {10**400}'),
        ('"ungraded": 0', '"ungraded": -1'),
    ],
)
def test_numbers_that_nothing_can_be_worked_out_from_are_no_error(
    assignment: Assignment, said: str, instead: str
) -> None:
    calibrate(assignment, *VALUES)
    path = assignment.root / FILE_NAME
    changed = path.read_text().replace(said, instead)
    assert instead in changed
    path.write_text(changed)
    [line] = threshold_warnings(assignment)
    assert "cannot be read" in line


def test_a_folder_in_its_place_is_no_error_either(assignment: Assignment) -> None:
    (assignment.root / FILE_NAME).mkdir()
    [line] = threshold_warnings(assignment)
    assert "cannot be read" in line
    shutil.rmtree(assignment.root / FILE_NAME)


def test_grade_warns_on_stderr_a_line_each(
    assignment: Assignment, capsys: pytest.CaptureFixture[str]
) -> None:
    calibrate(assignment, *VALUES)
    warn(dataclasses.replace(assignment, config=rules(full_at=0.95)))
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert line.startswith("warning: f1: reference misses full_at 0.95 in about 100.0%")
