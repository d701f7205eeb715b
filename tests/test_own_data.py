"""An assignment of two classes, as docs/own-data.md has it: from folders to a grade, no code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from autograder.cli import run
from autograder.confined_runner import SandboxRunner
from autograder.worker.prediction import batch_of

DOCS = (Path(__file__).parent.parent / "docs" / "own-data.md").read_text(encoding="utf-8")
RULES, TEMPLATE, SOLUTION = (
    found.group(2) for found in re.finditer(r"```(yaml|python)\n(.*?)```", DOCS, re.DOTALL)
)
SECRET = "a secret of enough length"


def draw(kind: str, size: int, random: np.random.Generator) -> np.ndarray:
    """Return a picture of a blob (a chihuahua) or of stripes (a muffin)."""
    dark, light = random.integers(0, 100, 3), random.integers(150, 256, 3)
    rows, columns = np.indices((size, size)) - random.integers(size // 3, 2 * size // 3, (2, 1, 1))
    if kind == "chihuahua":
        inside = rows**2 + columns**2 < (size // 4) ** 2
    else:
        inside = (rows % (size // 4) < size // 8) & True
    return np.where(inside[..., None], light, dark).astype(np.uint8)


def draw_folder(folder: Path, count: int, seed: int, size: int = 30) -> None:
    random = np.random.default_rng(seed)
    for kind, suffix in (("chihuahua", ".png"), ("muffin", ".jpg")):
        (folder / kind).mkdir(parents=True)
        for number in range(count):
            path = folder / kind / f"{number}{suffix}"
            assert cv2.imwrite(str(path), draw(kind, size, random))


@pytest.fixture
def assignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documented assignment with small images, in the current folder."""
    for seed, (split, count) in enumerate({"train": 60, "validation": 12, "holdout": 20}.items()):
        draw_folder(tmp_path / "images" / split, count, seed)
    rules = RULES.replace("image_size: 224", "image_size: 24")
    rules = rules.replace("training_s: 120", "training_s: 2") + "seeds: {max_runs: 1}\n"
    (tmp_path / "grading.yaml").write_text(rules)
    for name, text in (("template", TEMPLATE), ("ada", SOLUTION.replace("strides=4", "strides=1"))):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        (folder / "submission.py").write_text(text.replace('"epochs": 10', '"epochs": 30'))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", SECRET)
    return tmp_path


def report(folder: Path, name: str) -> dict[str, object]:
    text = (folder / "results" / "submissions" / name / "report.json").read_text()
    loaded: dict[str, object] = json.loads(text)
    return loaded


@pytest.mark.sandbox
def test_two_classes_from_folders_to_a_grade(
    assignment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["grade", "class"]) == 0
    capsys.readouterr()
    assert report(assignment, "template")["verdict"] == "REJECTED"
    ada = report(assignment, "ada")
    assert ada["verdict"] == "GRADED"
    assert ada["isolation"] in {"full", "degraded"}
    assert float(str(ada["score"])) > 50
    feedback = (assignment / "results/submissions/ada/feedback.md").read_text()
    assert "Chihuahua or muffin" in feedback
    assert "No chihuahua is eaten" in feedback


def test_students_without_the_holdout_see_the_same_images(
    assignment: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.config_file import load_config
    from autograder.datasets import open_dataset

    config = load_config(assignment / "grading.yaml").dataset
    graders = open_dataset(config, assignment / "one", seed=SECRET)
    for path in sorted((assignment / "images" / "holdout").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (assignment / "images" / "holdout").rmdir()
    students = open_dataset(config, assignment / "other")
    assert students.fingerprint == graders.fingerprint
    assert students.class_names == ("chihuahua", "muffin")
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED")
    assert run(["data", "info"]) == 2
    assert "no images in holdout/" in capsys.readouterr().err


def test_a_class_that_is_not_there_is_named(
    assignment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = assignment / "grading.yaml"
    rules.write_text(rules.read_text().replace("class_id: 0", "class_id: 2"))
    assert run(["grade", "class"]) == 2
    assert "class_id 2 is not in 0..1" in capsys.readouterr().err


def test_a_damaged_image_is_named_before_anything_is_built(
    assignment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (assignment / "images/train/muffin/3.jpg").write_bytes(b"no image")
    assert run(["check", "class/ada"]) == 2
    assert "muffin/3.jpg: no JPEG" in capsys.readouterr().err


@pytest.mark.sandbox
def test_images_that_jobs_could_read_are_refused(
    assignment: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    images = assignment / "images"
    monkeypatch.setattr(SandboxRunner, "could_read", lambda _, path: path == images)
    assert run(["grade", "class"]) == 2
    assert f"{images}: students' code could read the answers there" in capsys.readouterr().err


@pytest.mark.parametrize(("image_size", "images"), [(16, 256), (64, 256), (224, 20), (256, 16)])
def test_large_images_are_predicted_a_few_at_a_time(image_size: int, images: int) -> None:
    assert batch_of(image_size) == images
