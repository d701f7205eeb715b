"""From a rubric that asks for robustness to a report that says so, by jobs from a script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from autograder.cli import run
from autograder.commands.opening import open_spoiled
from autograder.config import Config
from autograder.desk import data_paths
from autograder.errors import ConfigError
from autograder.jobs import Ending, Job, OutputFile
from autograder.models import Verdict
from autograder.outcome import Outcome
from autograder.pipeline import Grader
from autograder.reports.build import build_report
from autograder.reports.feedback import render_feedback
from autograder.reports.report import Report
from tests.conftest import CLASSES, LIMITS, OUTPUTS, TINY, Jobs, TinyData
from tests.fakes import (
    CONFIG,
    HISTORY,
    LABELS,
    SHAPES,
    WEIGHTS,
    Script,
    Watched,
    fake_grader,
    predictions,
    result,
    submission,
)
from tests.sample_reports import context

ROBUST = {
    "id": "robust", "title": "Robust", "points": 20, "metric": "robust_macro_f1",
    "zero_at": 0.0, "full_at": 1.0,
}  # fmt: skip
RULES = {"images": 10, "corruptions": ["fog", "occlusion"], "severities": [1, 5]}
PER_PART = 10


def rules(*rubric: dict[str, Any], **sections: Any) -> Config:
    parts = {"rubric": rubric or (*CONFIG.model_dump()["rubric"], ROBUST), "robustness": RULES}
    return Config.model_validate(CONFIG.model_dump() | parts | sections)


@pytest.fixture
def graded(tiny_data: TinyData) -> tuple[Grader, Script]:
    return fake_grader(tiny_data, rules())


def spoiled(grader: Grader, script: Script, wrong: int) -> bytes:
    """Return predictions of which the whole of the first so many parts is wrong."""
    corrupted = grader.assignment.corrupted
    assert corrupted is not None
    assert script.corrupted_labels is not None
    found = script.corrupted_labels.copy()
    for part in corrupted.parts[:wrong]:
        found[part.places] = (found[part.places] + 1) % CLASSES
    return predictions(found)


def grade(grader: Grader) -> Outcome:
    return grader.grade(submission(), Watched())


def report_of(outcome: Outcome, config: Config) -> Report:
    return build_report(submission(), outcome, context(config=config))


def points(outcome: Outcome, criterion: str = "robust") -> float:
    assert outcome.score is not None
    return next(item.points for item in outcome.score.criteria if item.id == criterion)


def test_points_are_given_for_the_mean_over_corruptions_and_severities(
    graded: tuple[Grader, Script],
) -> None:
    grader, script = graded
    wrong = spoiled(grader, script, wrong=3)
    script.replay = lambda: script.replayed(**{"corrupted.f32": wrong})
    outcome = grade(grader)
    assert points(outcome) == pytest.approx(20 / 4)
    assert points(outcome, "f1") == 90
    report = report_of(outcome, grader.assignment.config)
    assert report.metrics.holdout is not None
    robustness = report.metrics.holdout.robustness
    assert robustness is not None
    assert [(one.corruption, one.severity, one.macro_f1) for one in robustness.corrupted] == [
        ("fog", 1, 0.0), ("fog", 5, 0.0), ("occlusion", 1, 0.0), ("occlusion", 5, 1.0),
    ]  # fmt: skip
    assert (robustness.macro_f1, robustness.clean_macro_f1) == (0.25, 1.0)
    assert robustness.images == PER_PART


def test_the_reason_and_the_feedback_say_what_hurts_most(graded: tuple[Grader, Script]) -> None:
    grader, script = graded
    wrong = spoiled(grader, script, wrong=2)
    script.replay = lambda: script.replayed(**{"corrupted.f32": wrong})
    outcome = grade(grader)
    assert outcome.score is not None
    reason = outcome.score.criteria[-1].reason
    assert "macro-F1 on corrupted images is 0.500 (before corruption 1.000)" in reason
    assert "What hurts most: fog (macro-F1 0.00) and occlusion (macro-F1 1.00)" in reason
    feedback = render_feedback(report_of(outcome, grader.assignment.config))
    assert "## In bad conditions" in feedback
    assert "| fog | 0.00 | 0.00 |\n| occlusion | 1.00 | 1.00 |" in feedback


def test_a_stored_report_that_somebody_cut_is_read_all_the_same(
    graded: tuple[Grader, Script],
) -> None:
    grader, _ = graded
    written = json.loads(report_of(grade(grader), grader.assignment.config).to_json())
    written["metrics"]["holdout"]["robustness"]["corrupted"].pop()
    feedback = render_feedback(Report.from_json(json.dumps(written)))
    assert "| fog | 1.00 | 1.00 |\n| occlusion | 1.00 |  |" in feedback


def test_the_criterion_has_its_interval_and_its_part_in_the_scores_error(
    graded: tuple[Grader, Script],
) -> None:
    grader, script = graded
    sure = grade(grader)
    labels = script.corrupted_labels
    assert labels is not None
    half = predictions(labels, right=len(labels) // 2)
    script.replay = lambda: script.replayed(**{"corrupted.f32": half})
    unsure = grade(grader)
    assert sure.uncertainty is not None
    assert unsure.uncertainty is not None
    interval = unsure.uncertainty.criteria["robust"]
    value = unsure.holdout.robustness.macro_f1  # type: ignore[union-attr]
    assert 0 < interval.low < value < interval.high < 1
    assert unsure.uncertainty.score_se > sure.uncertainty.score_se
    part = report_of(unsure, grader.assignment.config).criteria[-1].interval
    assert part is not None
    assert (part.low, part.high) == (interval.low, interval.high)


def test_further_runs_are_averaged_in_every_value(tiny_data: TinyData) -> None:
    config = rules(seeds={"min_runs": 2, "max_runs": 2})
    grader, script = fake_grader(tiny_data, config)

    def by_run() -> bytes:
        trained = [job for job in script.asked if job.task == "train"]
        return spoiled(grader, script, wrong=4 if len(trained) == 2 else 0)

    script.replay = lambda: script.replayed(**{"corrupted.f32": by_run()})
    outcome = grade(grader)
    assert points(outcome) == pytest.approx(10)
    assert outcome.holdout is not None
    assert outcome.holdout.robustness is not None
    assert [one.macro_f1 for one in outcome.holdout.robustness.corrupted] == [0.5] * 4


def test_without_the_metric_nothing_is_corrupted_nor_asked_for(tiny_data: TinyData) -> None:
    config = Config.model_validate(CONFIG.model_dump() | {"robustness": RULES})
    grader, script = fake_grader(tiny_data, config)
    outcome = grade(grader)
    job = next(job for job in script.asked if job.task == "replay")
    assert job.arguments["corrupted_images"] is None
    assert outcome.holdout is not None
    assert outcome.holdout.robustness is None
    assert "bad conditions" not in render_feedback(report_of(outcome, config))
    assert open_spoiled(config, grader.assignment.dataset.validation, None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("task", ["replay", "predict"])
def test_who_predicts_gets_the_images_and_neither_label_nor_layout(
    graded: tuple[Grader, Script], task: str
) -> None:
    grader, script = graded
    if task == "predict":
        script.train = lambda: script.trained(**{"architecture.json": b""})
    assignment = grader.assignment
    grade(grader)
    corrupted, holdout = assignment.corrupted, assignment.holdout
    assert corrupted is not None
    assert holdout is not None
    told = {job.task: job.arguments.get("corrupted_images") for job in script.asked}
    assert told == {
        "describe": None, "price": None, "train": None, task: str(corrupted.images)
    }  # fmt: skip
    paths = data_paths(assignment.dataset, holdout, corrupted)
    assert {corrupted.images, holdout.images} <= set(paths)
    assert not {holdout.labels, holdout.tracks} & set(paths)
    for job in script.asked:
        assert "holdout_labels" not in json.dumps(dict(job.arguments))


def test_predicting_them_is_guarded_and_paid_by_nobody(tiny_data: TinyData) -> None:
    jobs, plans = [], []
    for config in (CONFIG, rules()):
        grader, script = fake_grader(tiny_data, config)
        plans.append(grade(grader).plan)
        jobs.append(script.asked[-1])
    without, asked_for = jobs
    assert plans[0] == plans[1]
    assert without.task == asked_for.task == "replay"
    assert asked_for.limits.cpu_s >= without.limits.cpu_s
    sizes = {file.name: file.max_bytes for file in asked_for.outputs}
    assert sizes["corrupted.f32"] == (4 * PER_PART * CLASSES + 1) * 4


@pytest.mark.parametrize("left", [b"", b"x" * 7, np.full((40, CLASSES), np.nan, "<f4").tobytes()])
def test_predictions_that_are_none_are_the_students_fault(
    graded: tuple[Grader, Script], left: bytes
) -> None:
    grader, script = graded
    script.train = lambda: script.trained(**{"architecture.json": b""})
    script.predict = lambda: script.predicted(**{"corrupted.f32": left})
    outcome = grade(grader)
    assert outcome.verdict is Verdict.INVALID_OUTPUT


def test_a_stopped_training_is_scored_by_its_last_whole_quarter(
    graded: tuple[Grader, Script],
) -> None:
    grader, script = graded
    files = {
        "history.jsonl": json.dumps(HISTORY).encode() + b"\n",
        "weights.json": json.dumps(SHAPES).encode(),
        "quarter-1.bin": WEIGHTS,
        "quarter-2.bin": WEIGHTS[:-1],
    }
    script.train = lambda: result(files, ending=Ending.CPU_LIMIT, exit_code=-24)
    half = spoiled(grader, script, wrong=2)
    script.predict = lambda: script.predicted(**{"corrupted.f32": half})
    outcome = grade(grader)
    assert outcome.verdict is Verdict.TIME_LIMIT
    assert "first 1 of the 4 quarters" in outcome.findings[-1].message
    assert points(outcome) == pytest.approx(10)


def test_at_home_the_validation_images_are_corrupted(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data, rules(), holdout=False)
    outcome = grade(grader)
    assert outcome.holdout is None
    assert outcome.validation is not None
    assert outcome.validation.robustness is not None
    assert outcome.validation.robustness.macro_f1 == 1.0
    assert points(outcome) == 20
    assert script.corrupted_labels is not None
    assert len(script.corrupted_labels) == 4 * PER_PART


def group(**keys: Any) -> dict[str, Any]:
    return {"id": "group", "title": "Group", "points": 10, "zero_at": 0, "full_at": 1} | keys


def test_several_classes_are_judged_by_the_mean_of_their_recall(tiny_data: TinyData) -> None:
    config = rules(group(metric="recall", class_ids=[1, 3]))
    grader, script = fake_grader(tiny_data, config)
    found = LABELS.copy()
    found[LABELS == 1] = 0
    found[0] = 4
    held_out = predictions(found)
    script.replay = lambda: script.replayed(holdout=held_out)
    outcome = grade(grader)
    assert points(outcome, "group") == pytest.approx(5)
    assert outcome.uncertainty is not None
    interval = outcome.uncertainty.criteria["group"]
    assert interval.low < 0.5 < interval.high
    assert len(outcome.uncertainty.recall) == CLASSES
    reason = outcome.score.criteria[0].reason  # type: ignore[union-attr]
    assert reason.startswith("Recall of 1 b and 3 d is 0.500 on average")
    assert "The class hurt most is 1 b (recall 0.00)" in reason


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"metric": "recall", "class_ids": [1, 5]}, r"group: class_ids 5 is not in 0\.\.4"),
        (
            {"metric": "family_recall", "family": "warning"},
            "families are those of the 43 road signs",
        ),
    ],
)
def test_classes_that_the_data_set_has_not_got_are_refused(
    tiny_data: TinyData, keys: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        fake_grader(tiny_data, rules(group(**keys)))


@pytest.mark.sandbox
def test_a_real_job_predicts_the_file_that_it_is_given(jobs: Jobs) -> None:
    data = jobs.data
    arguments = data.arguments(
        batch_size=8, steps=4, steps_per_epoch=5,
        corrupted_images=str(data.folder / "holdout_images.npy"),
    )  # fmt: skip
    outputs = (*OUTPUTS, OutputFile("corrupted.f32", 1 << 20))
    done = jobs.runner.run(Job("train", arguments, {"submission.py": TINY}, LIMITS, outputs))
    assert done.exit_code == 0, done.log.decode()
    assert len(done.outputs["corrupted.f32"]) == 20 * CLASSES * 4
    assert "holdout.f32" not in done.outputs


@pytest.mark.sandbox
def test_what_is_graded_for_real_is_replayed_and_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = yaml.safe_load((Path(__file__).parent / "tiny.yaml").read_text())
    rules["rules"]["min_convolutions"] = 1
    rules["rubric"][0] |= {"metric": "robust_macro_f1", "zero_at": 0.0, "full_at": 0.9}
    rules["robustness"] = {"images": 43, "corruptions": ["fog", "jpeg"], "severities": [2, 4]}
    config, folder, out = tmp_path / "grading.yaml", tmp_path / "class", tmp_path / "out"
    config.write_text(yaml.safe_dump(rules))
    folder.mkdir()
    (folder / "ada.py").write_text(TINY)
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AUTOGRADER_HOLDOUT_SEED", "a secret that is long enough")
    assert run(["grade", str(folder), "--out", str(out), "--config", str(config)]) == 0
    report = json.loads((out / "submissions" / "ada" / "report.json").read_text())
    assert report["replay"]["replayed"] is True
    robustness = report["metrics"]["holdout"]["robustness"]
    assert len(robustness["corrupted"]) == 4
    assert 0 < robustness["macro_f1"] < robustness["clean_macro_f1"]
    [spoiled_file] = (tmp_path / "cache" / "holdouts").glob("*-corrupted-*.npy")
    assert len(np.load(spoiled_file)) == 4 * 43
    ada = str(out / "submissions" / "ada")
    assert run(["verify", ada, "--config", str(config)]) == 0
