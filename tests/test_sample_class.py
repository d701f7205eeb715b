"""The sample class, graded for real with tiny data and limits: each case has its verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from autograder.cli import run

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).parent.parent
CASES = sorted(path.parent for path in (ROOT / "tests" / "submissions").glob("*/expected.yaml"))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade the sample class and the reference solution once."""
    out = tmp_path_factory.mktemp("results")
    arguments = [ROOT / "tests" / "submissions", ROOT / "solutions", "--out", out]
    arguments += ["--config", ROOT / "tests" / "tiny.yaml"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("AUTOGRADER_HOLDOUT_SEED", "sample class")
        assert run(["grade", *map(str, arguments)]) == 0
    return out


def report(results: Path, name: str) -> Any:
    return json.loads((results / "submissions" / name / "report.json").read_text())


def test_there_are_at_least_a_dozen_cases() -> None:
    assert len(CASES) >= 12


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_gets_its_verdict_and_its_points(results: Path, case: Path) -> None:
    expected = yaml.safe_load((case / "expected.yaml").read_text())
    found = report(results, case.name)
    low, high = expected["points"]
    assert found["verdict"] == expected["verdict"], found["findings"] or found["note"]
    assert low <= found["score"] <= high
    if expected["verdict"] != "GRADED":
        assert expected["rule"] in [finding["rule"] for finding in found["findings"]]
        assert all(finding["hint"] for finding in found["findings"])


def test_the_untouched_template_is_what_students_receive() -> None:
    received = (ROOT / "assignment" / "submission.py").read_text()
    assert (ROOT / "tests/submissions/untouched-template/submission.py").read_text() == received


def test_the_reference_is_among_the_best(results: Path) -> None:
    scores = {case.name: report(results, case.name)["score"] for case in CASES}
    assert report(results, "reference")["score"] >= max(scores.values()) - 25


def test_an_open_score_is_the_mean_of_two_trainings(results: Path) -> None:
    graded = [report(results, case.name) for case in CASES]
    twice = [each for each in graded if each["runs"] and len(each["runs"]["made"]) == 2]
    assert twice
    for each in twice:
        first, second = each["runs"]["made"]
        assert second["seed"] == first["seed"] + 1
        assert second["weights_sha256"] != first["weights_sha256"] == each["weights_sha256"]
        assert abs(each["score"] - (first["points"] + second["points"]) / 2) < 0.02


def test_every_submission_is_in_the_gradebook(results: Path) -> None:
    gradebook = pd.read_csv(results / "gradebook.csv")
    assert set(gradebook["submission_id"]) == {case.name for case in CASES} | {"reference"}


def test_who_looked_for_labels_found_none(results: Path) -> None:
    log = (results / "submissions" / "reads-labels" / "job.log").read_text()
    assert "no labels found" in log
    assert "LABELS FOUND" not in log
    assert "PermissionError" in log


def test_a_claimed_score_stays_in_the_log(results: Path) -> None:
    log = (results / "submissions" / "prints-score-100" / "job.log").read_text()
    assert "score: 100" in log
    assert report(results, "prints-score-100")["score"] == 0


def test_a_flood_is_kept_short(results: Path) -> None:
    log = results / "submissions" / "floods-stdout" / "job.log"
    assert log.stat().st_size < 200_000


def test_a_failure_in_a_notebook_is_placed_in_its_cell(results: Path) -> None:
    assert report(results, "notebook")["verdict"] == "GRADED"
    assert report(results, "notebook")["submission"]["origin"] == "notebook"
