"""`autograder verify`: what it says and how it ends; jobs are faked but in the last test."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from autograder.batch import Writer, grade_batch
from autograder.cli import run
from autograder.commands import verify as command
from autograder.commands.verify import read_report, read_submission, verify
from autograder.errors import InternalError, ResultsError
from autograder.intake import collect
from autograder.jobs import Ending, JobResult
from autograder.models import Person, Verdict
from autograder.reports.report import Environment, Report
from autograder.reports.result_parts import PersonPart
from autograder.store import Store
from tests.conftest import TINY, TinyData
from tests.fakes import (
    CONFIG,
    LABELS,
    SHAPES,
    WEIGHTS,
    FakeRunner,
    Script,
    Watched,
    fake_grader,
    predictions,
    result,
)
from tests.sample_reports import STARTED

ROOT = Path(__file__).parent.parent


class Graded:
    """Results of one submission, graded by fake jobs, and a command that verifies them."""

    def __init__(self, data: TinyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.grader, self.script = fake_grader(data)
        self.rules = tmp_path / "grading.yaml"
        rules = CONFIG.model_dump(mode="json", exclude_unset=True)
        self.rules.write_text(json.dumps(rules))
        self.folder = tmp_path / "results" / "submissions" / "ada"
        self._tmp_path = tmp_path
        self._fake_opening(monkeypatch)

    def _fake_opening(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assignment = self.grader.assignment
        runner = nullcontext(FakeRunner(self.script))
        monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", "a secret that is long enough")
        monkeypatch.setattr(command, "open_data", lambda *_: assignment.dataset)
        monkeypatch.setattr(command, "open_sealed", lambda *_: (assignment.holdout, False))
        monkeypatch.setattr(command, "runner_for_all", lambda *_, **__: runner)

    def grade(self, source: str = TINY) -> Report:
        path = self._tmp_path / "ada.py"
        path.write_text(source)
        with Store(self._tmp_path / "results") as store:
            submissions = collect([path], CONFIG)
            return grade_batch(submissions, Writer(self.grader, store, Watched()), 1)[0]

    def change_report(self, **changes: Any) -> None:
        path = self.folder / "report.json"
        report = Report.from_json(path.read_text()).model_copy(update=changes)
        path.write_text(report.to_json())

    def verify(self) -> tuple[int, str]:
        console = Console(file=io.StringIO(), width=100)
        code = verify(self.folder, self.rules, console, no_sandbox=False)
        assert isinstance(console.file, io.StringIO)
        return code, console.file.getvalue()


@pytest.fixture
def graded(tiny_data: TinyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Graded:
    return Graded(tiny_data, tmp_path, monkeypatch)


def another(report: Report, **changes: Any) -> Environment:
    return report.environment.model_copy(update={"tensorflow": "2.99.0"} | changes)


def other_weights(script: Script, right: int | None = None) -> Callable[[], JobResult]:
    weights = (np.frombuffer(WEIGHTS, "<f4") + 1).tobytes()
    held_out = predictions(LABELS, right)
    script.replay = lambda: script.replayed(held_out)
    return lambda: script.trained(
        **{"weights.bin": weights, "weights.json": json.dumps(SHAPES).encode()}
    )


# --- how it ends --------------------------------------------------------------------------------


def test_the_same_again_is_identical(graded: Graded) -> None:
    graded.grade()
    code, shown = graded.verify()
    assert code == 0
    assert shown.splitlines()[-1] == (
        "identical: the same verdict, weights, predictions, runs, score, criteria"
    )
    assert "fingerprint: the same (" in shown


def test_it_writes_nothing(graded: Graded) -> None:
    graded.grade()
    before = {path.name: path.read_bytes() for path in graded.folder.iterdir()}
    graded.verify()
    assert {path.name: path.read_bytes() for path in graded.folder.iterdir()} == before


def test_other_weights_on_the_same_fingerprint_are_different(graded: Graded) -> None:
    graded.grade()
    graded.script.train = other_weights(graded.script)
    code, shown = graded.verify()
    assert code == 1
    assert shown.splitlines()[-1] == (
        "different: not the same: weights, runs; the fingerprint is the same, so they should be"
    )


def test_other_predictions_alone_are_different(graded: Graded) -> None:
    graded.grade()
    softer = (np.frombuffer(predictions(LABELS), "<f4") * np.float32(0.5)).tobytes()
    graded.script.replay = lambda: graded.script.replayed(softer)
    code, shown = graded.verify()
    assert code == 1
    assert "different: not the same: predictions" in shown


def test_on_another_fingerprint_the_parts_that_differ_are_named(graded: Graded) -> None:
    report = graded.grade()
    graded.change_report(environment=another(report))
    code, shown = graded.verify()
    assert code == 0
    assert "fingerprint: another (" in shown
    assert "not the same there and here: tensorflow" in shown
    assert "identical: " in shown


def test_on_another_fingerprint_without_a_stated_uncertainty_it_is_different(
    graded: Graded,
) -> None:
    report = graded.grade()
    graded.change_report(environment=another(report), runs=None)
    graded.script.train = other_weights(graded.script, right=20)
    code, shown = graded.verify()
    assert code == 1
    assert "the report states no uncertainty" in shown


@pytest.mark.parametrize(
    ("standard_error", "code", "beginning"),
    [
        (8.0, 0, "equal within the stated uncertainty on another fingerprint: not the same: "),
        (
            0.5,
            1,
            "different: not the same: weights, predictions, runs, score, criteria; the scores are ",
        ),
    ],
)
def test_on_another_fingerprint_the_stated_uncertainty_decides(
    graded: Graded,
    standard_error: float,
    code: int,
    beginning: str,
) -> None:
    report = graded.grade()
    assert report.runs is not None
    stating = report.runs.model_copy(update={"score_se": standard_error})
    graded.change_report(environment=another(report), runs=stating)
    graded.script.train = other_weights(graded.script, right=22)
    found, shown = graded.verify()
    assert found == code
    assert shown.splitlines()[-1].startswith(beginning)
    assert f"±{1.96 * standard_error:.2f} of the report" in shown


def test_another_verdict_is_different_on_any_fingerprint(graded: Graded) -> None:
    report = graded.grade()
    graded.change_report(environment=another(report))
    graded.script.train = lambda: result(ending=Ending.CPU_LIMIT, exit_code=-9)
    code, shown = graded.verify()
    assert code == 1
    assert "different: not the same: verdict" in shown


def test_of_a_students_fault_the_verdict_is_compared(graded: Graded) -> None:
    sound = graded.script.train
    graded.script.train = lambda: result(ending=Ending.CPU_LIMIT, exit_code=-9)
    graded.grade()
    code, shown = graded.verify()
    assert (code, shown.splitlines()[-1]) == (0, "identical: the same verdict")
    graded.script.train = sound
    assert graded.verify()[0] == 1


def test_of_what_was_rejected_the_findings_are_compared(graded: Graded) -> None:
    report = graded.grade("import os\n")
    assert report.verdict is Verdict.REJECTED
    code, shown = graded.verify()
    assert (code, shown.splitlines()[-1]) == (0, "identical: the same verdict, findings")
    graded.change_report(findings=())
    assert graded.verify()[0] == 1


def test_what_could_not_be_taken_in_is_verified_too(graded: Graded) -> None:
    report = graded.grade("\0")
    assert report.findings[0].rule == "unreadable"
    assert graded.verify()[0] == 0


def test_an_older_report_is_compared_in_what_it_has(graded: Graded) -> None:
    graded.grade()
    graded.change_report(predictions_sha256=None)
    code, shown = graded.verify()
    assert code == 0
    assert shown.splitlines()[-1] == (
        "identical: the same verdict, weights, runs, score, criteria; "
        "not in the report: predictions"
    )


def test_another_number_of_runs_is_different(graded: Graded) -> None:
    report = graded.grade()
    assert report.runs is not None
    twice = report.runs.model_copy(update={"made": report.runs.made * 2})
    graded.change_report(runs=twice)
    code, shown = graded.verify()
    assert code == 1
    assert "different: not the same: runs" in shown


# --- what it refuses ----------------------------------------------------------------------------


def refused(graded: Graded) -> str:
    with pytest.raises(ResultsError) as caught:
        graded.verify()
    return str(caught.value)


def test_a_failure_of_ours_is_nothing_to_verify(graded: Graded) -> None:
    graded.script.train = lambda: result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    graded.grade()
    assert "nothing to verify: we failed to grade it (INTERNAL_ERROR)" in refused(graded)


def test_a_failure_of_ours_while_grading_again_is_no_difference(graded: Graded) -> None:
    graded.grade()
    graded.script.train = lambda: result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    with pytest.raises(InternalError, match="grading again failed, so nothing is verified"):
        graded.verify()


def test_other_rules_are_refused(graded: Graded) -> None:
    graded.grade()
    rules = json.loads(graded.rules.read_text())
    rules["rubric"][0]["points"] = 80
    graded.rules.write_text(json.dumps(rules))
    assert "has other rules than the report was made under" in refused(graded)


def test_other_images_are_refused(graded: Graded) -> None:
    report = graded.grade()
    graded.change_report(dataset=report.dataset.model_copy(update={"fingerprint": "0" * 64}))
    assert "the images are not those that the report was made on" in refused(graded)


def test_another_holdout_is_refused(graded: Graded) -> None:
    report = graded.grade()
    graded.change_report(dataset=report.dataset.model_copy(update={"holdout_sha256": "0" * 64}))
    assert "the holdout is not the one that the report was made on" in refused(graded)


def test_a_missing_secret_is_told_before_a_holdout_is_rendered(
    graded: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded.grade()
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED")
    monkeypatch.setattr(command, "open_data", lambda *_: pytest.fail("too late"))
    assert "set AUTOGRADER_HOLDOUT_SEED" in refused(graded)


def test_a_secret_too_many_is_told_before_a_holdout_is_rendered(
    graded: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = graded.grade()
    with_default = report.dataset.model_copy(update={"holdout_is_default_seed": True})
    graded.change_report(dataset=with_default)
    monkeypatch.setattr(command, "open_data", lambda *_: pytest.fail("too late"))
    assert "unset the secret" in refused(graded)


def test_other_checks_are_refused(graded: Graded) -> None:
    graded.grade()
    graded.change_report(checks_sha256="0" * 64)
    assert "checks are not those that the report was made with" in refused(graded)


def test_another_copy_is_refused(graded: Graded) -> None:
    graded.grade()
    other = collect([graded.folder.parents[2] / "ada.py"], CONFIG)[0]
    graded.grade(TINY + "# more\n")
    (graded.folder / "submission.zip").write_bytes(other.copy)
    assert "this is not what the report is about" in refused(graded)


@pytest.mark.parametrize("copy", [b"", b"PK", None])
def test_a_copy_that_cannot_be_read_is_refused(graded: Graded, copy: bytes | None) -> None:
    graded.grade()
    path = graded.folder / "submission.zip"
    path.unlink() if copy is None else path.write_bytes(copy)
    assert f"{path}: the copy of what was handed in cannot be read" in refused(graded)


@pytest.mark.parametrize(
    ("text", "told"), [(None, "no report.json"), ("{", "is damaged, or no report of ours")]
)
def test_no_report_is_refused(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    with pytest.raises(ResultsError, match=told):
        read_report(tmp_path)


def test_who_and_when_come_from_the_report(graded: Graded) -> None:
    report = graded.grade()
    ada = PersonPart(name="Ada", username="al", github="ada-l")
    known = {"student_id": "s1", "name": "Ada", "students": (ada,), "due": STARTED, "attempts": 2}
    person = report.submission.model_copy(update={**known, "marked_late": True})
    submission = read_submission(graded.folder, report.model_copy(update={"submission": person}))
    assert (submission.id, submission.student_id, submission.name) == ("ada", "s1", "Ada")
    assert submission.students == (Person(name="Ada", username="al", github="ada-l"),)
    assert (submission.due, submission.attempts, submission.marked_late) == (STARTED, 2, True)


# --- typed --------------------------------------------------------------------------------------


def test_usage_errors_end_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(tmp_path)]) == 2
    assert "no report.json can be read in it" in capsys.readouterr().err
    assert run(["verify"]) == 2


@pytest.mark.sandbox
def test_a_real_training_comes_to_the_same_again(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The cache of test_cli.py: who comes first builds the tiny data.
    cache = tmp_path_factory.getbasetemp() / "cli-cache"
    monkeypatch.setenv("AUTOGRADER_CACHE", str(cache))
    monkeypatch.delenv("AUTOGRADER_HOLDOUT_SEED", raising=False)
    work = tmp_path / "class" / "no-augmentation"
    shutil.copytree(ROOT / "tests" / "submissions" / "no-augmentation", work)
    rules = ["--config", str(ROOT / "tests" / "tiny.yaml")]
    assert run(["grade", str(work.parent), "--out", str(tmp_path / "out"), *rules]) == 0
    # What was handed in is no longer needed.
    shutil.rmtree(work)
    capsys.readouterr()
    folder = tmp_path / "out" / "submissions" / "no-augmentation"
    assert run(["verify", str(folder), *rules]) == 0
    assert "identical: the same verdict, weights, predictions" in capsys.readouterr().out
