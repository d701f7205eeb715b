"""A new assignment is complete, keeps its own rules, and can be handed out as it is."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from autograder.checks import check_sources
from autograder.cli import run
from autograder.config_file import load_config
from autograder.intake import collect
from autograder.starting.files import NewAssignment, files_of

SIGNS = NewAssignment("Signs", "roadsigns", "", 32, ("Stop", "Give way"), 4000, 1000)


def written(folder: Path, new: NewAssignment) -> Path:
    for name, text in files_of(new).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("size", "classes", "name"),
    [(32, 43, "German road signs"), (16, 2, '"""Ein\n"Test"\\'), (224, 200, "Тест: été #1")],
)
def test_rules_and_code_fit_each_other(tmp_path: Path, size: int, classes: int, name: str) -> None:
    names = tuple(f"class {number}" for number in range(classes))
    folder = written(tmp_path, NewAssignment(name, "roadsigns", "", size, names, 900, 100))
    config = load_config(folder / "grading.yaml")
    assert config.max_score == 100
    assert config.dataset.image_size == size
    [reference] = collect([folder / "solutions" / "reference"], config)
    assert check_sources(reference, config) == ()
    for file in ("submission.py", "submission.ipynb"):
        [template] = collect([folder / "assignment" / file], config)
        assert {finding.rule for finding in check_sources(template, config)} == {"not-implemented"}


def test_thresholds_lie_between_chance_and_perfect() -> None:
    rules = files_of(SIGNS)["grading.yaml"]
    assert "zero_at: 0.75" in rules  # of two classes, chance is a half
    assert "full_at: 0.90" in rules


def test_the_notebook_has_a_cell_for_each_function() -> None:
    notebook = json.loads(files_of(SIGNS)["assignment/submission.ipynb"])
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    assert kinds == ["markdown", *["code"] * 4]
    assert files_of(SIGNS) == files_of(SIGNS)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    random = np.random.default_rng(3)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(30):
            pixels = random.integers(0, 256, (20, 20, 3), dtype=np.uint8)
            cv2.imwrite(str(tmp_path / "pets" / name / f"{number}.png"), pixels)
    return tmp_path / "pets"


def test_an_assignment_about_a_folder_of_images(
    tmp_path: Path,
    images: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED", raising=False)
    course = tmp_path / "course"
    assert run(["init", str(course), "--name", "Pets", "--data", str(images), "--size", "24"]) == 0
    assert "2 classes" in capsys.readouterr().out
    config = load_config(course / "grading.yaml")
    assert (config.dataset.kind, config.dataset.path) == ("folder", images)
    readme = (course / "assignment" / "README.md").read_text()
    assert "| 0 | cat |" in readme
    assert run(["release", str(course), "-o", str(tmp_path / "handout.zip")]) == 0


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["init", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_data_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "new"), "--data", str(tmp_path / "nothing")]) == 2
    assert "no such folder" in capsys.readouterr().err
