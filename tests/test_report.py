from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import autograder.reports
from autograder.config import Config
from autograder.errors import InternalError
from autograder.measures import Score
from autograder.models import Epoch, Finding, Replay, ResourceUse, TrainingPlan, Verdict
from autograder.outcome import FailedRun, Outcome
from autograder.reports.build import build_report, restate
from autograder.reports.feedback import render_feedback
from autograder.reports.report import Environment, Report, schema_text
from tests.sample_reports import (
    AUGMENTATION,
    CONFIG,
    ENVIRONMENT,
    GRADED,
    RECOGNITION,
    REJECTED,
    RUNS,
    STARTED,
    SUBMISSION,
    UNCERTAINTY,
    context,
    report,
)

SETTLED = replace(
    GRADED,
    runs=RUNS,
    failed_run=FailedRun(2029, Verdict.TIME_LIMIT, (Finding("cpu-limit", "It was stopped."),)),
    uncertainty=UNCERTAINTY,
)
SCHEMA = Path(autograder.reports.__file__).with_name("report-v1.schema.json")
FAULTS = [verdict for verdict in Verdict if verdict not in {Verdict.GRADED, Verdict.INTERNAL_ERROR}]


def test_published_schema_is_that_of_the_model() -> None:
    # To publish a change: write schema_text() to the file, and read docs/report-json.md first.
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("outcome", [GRADED, SETTLED, REJECTED, Outcome(Verdict.INTERNAL_ERROR)])
def test_report_keeps_to_the_published_schema(outcome: Outcome) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    written = json.loads(report(outcome).to_json())
    assert list(validator.iter_errors(written)) == []
    del written["verdict"]
    assert len(list(validator.iter_errors(written))) == 1


@pytest.mark.parametrize("outcome", [GRADED, SETTLED, REJECTED, Outcome(Verdict.INTERNAL_ERROR)])
def test_report_reads_back_as_written(outcome: Outcome) -> None:
    written = report(outcome)
    assert Report.from_json(written.to_json()) == written


def test_graded_report_adds_up() -> None:
    found = report()
    assert (found.score, found.max_score, found.percent, found.grade) == (77.5, 100, 77.5, 77.5)
    assert found.flags == ()


def test_runs_and_what_they_say_together_are_written_down() -> None:
    found = report(SETTLED)
    assert found.runs is not None
    assert [(run.seed, run.points, run.replayed) for run in found.runs.made] == [
        (2027, 75.25, None),
        (2028, 79.75, None),
    ]
    assert (found.runs.score_se, found.runs.score.low, found.runs.score.high) == (2.4, 72.8, 82.2)
    assert found.runs.decisions == UNCERTAINTY.decisions
    assert found.runs.failed is not None
    assert (found.runs.failed.seed, found.runs.failed.reason) == (2029, "It was stopped.")
    assert found.flags == ("unstable",)
    holdout = found.metrics.holdout
    assert holdout is not None
    assert holdout.intervals is not None
    assert (holdout.runs, holdout.intervals.macro_f1.low) == (2, 0.781)
    assert (found.seeds.max_runs, found.seeds.max_score_se) == (5, 5.0)


def test_reports_of_before_there_were_several_runs_are_read() -> None:
    old = json.loads(report(SETTLED).to_json())
    del old["runs"]
    for key in ("min_runs", "max_runs", "max_score_se", "pass_mark"):
        del old["seeds"][key]
    for key in ("runs", "intervals"):
        del old["metrics"]["holdout"][key], old["metrics"]["validation"][key]
    read = Report.from_json(json.dumps(old))
    assert read.runs is None
    assert read.seeds.max_runs == 1
    assert "How sure" not in render_feedback(read)


def test_late_penalty_lowers_the_grade_not_the_score() -> None:
    late = replace(SUBMISSION, submitted_at=STARTED)
    found = report(submission=late)
    assert (found.score, found.late.points, found.late.days, found.grade) == (77.5, 10, 1, 67.5)
    assert found.flags == ("late",)


@pytest.mark.parametrize("verdict", FAULTS)
def test_fault_of_the_students_scores_zero(verdict: Verdict) -> None:
    found = report(Outcome(verdict))
    assert (found.score, found.percent, found.grade, found.max_score) == (0, 0, 0, 100)
    assert found.criteria == ()


def test_fault_of_ours_has_no_score_and_wants_a_person() -> None:
    found = report(Outcome(Verdict.INTERNAL_ERROR, note="disk full"))
    assert (found.score, found.percent, found.grade) == (None, None, None)
    assert found.flags == ("needs-attention",)


def test_a_training_stopped_for_its_time_keeps_the_score_of_what_it_completed() -> None:
    found = report(replace(GRADED, verdict=Verdict.TIME_LIMIT))
    assert found.score == report().score
    assert found.criteria == report().criteria


@pytest.mark.parametrize(
    "outcome", [replace(GRADED, score=None), replace(GRADED, verdict=Verdict.RUNTIME_ERROR)]
)
def test_verdict_and_score_that_contradict_are_our_fault(outcome: Outcome) -> None:
    with pytest.raises(InternalError, match="contradict"):
        report(outcome)


def test_points_shown_add_up_to_the_score_shown() -> None:
    thirds = [replace(RECOGNITION, id=f"c{i}", points=100 / 3) for i in range(3)]
    found = report(replace(GRADED, score=Score(tuple(thirds))))
    assert [item.points for item in found.criteria] == [33.33, 33.33, 33.33]
    assert found.score == 99.99


@pytest.mark.parametrize(
    ("changes", "outcome", "flags"),
    [
        ({"isolation": "none"}, GRADED, ("unisolated",)),
        ({"isolation": "degraded"}, GRADED, ("degraded-isolation",)),
        ({"holdout_is_default_seed": True}, GRADED, ("default-holdout",)),
        ({}, replace(GRADED, plan=TrainingPlan(5, 32, 10, 30, 30, 5.0, 3.0, 0.5)), ("budget-cut",)),
        ({"flags": ("needs-attention",)}, GRADED, ("needs-attention",)),
    ],
)
def test_flags_tell_what_a_person_should_know(
    changes: dict[str, Any], outcome: Outcome, flags: tuple[str, ...]
) -> None:
    assert report(outcome, **changes).flags == flags


def test_check_that_could_not_say_is_flagged() -> None:
    undecided = replace(AUGMENTATION, points=0, passed=None)
    found = report(replace(GRADED, score=Score((RECOGNITION, undecided))))
    assert found.flags == ("check-error", "needs-attention")


def test_numbers_that_are_not_finite_become_null() -> None:
    history = (Epoch(1, 10, float("nan"), 0.5, float("inf"), float("-inf")),)
    written = json.loads(report(replace(GRADED, history=history)).to_json())
    assert written["history"] == [
        {
            "epoch": 1,
            "step": 10,
            "loss": None,
            "accuracy": 0.5,
            "validation_loss": None,
            "validation_accuracy": None,
        }
    ]


def test_only_timings_and_file_name_differ_when_graded_twice() -> None:
    again = report(
        replace(GRADED, resources=ResourceUse(99, 99, 99)),
        replace(SUBMISSION, path=Path("elsewhere/ada-1.py")),
        started_at=STARTED + timedelta(days=9),
        graded_at=STARTED + timedelta(days=10),
    )
    assert again != report()
    assert again.comparable() == report().comparable()
    assert report(replace(GRADED, weights_sha256="f" * 64)).comparable() != again.comparable()


def test_path_of_the_submission_stays_out() -> None:
    written = report().to_json()
    assert json.loads(written)["submission"]["origin"] == "ada.py"
    assert "secret" not in written


def test_times_are_written_in_utc() -> None:
    elsewhere = STARTED.astimezone(timezone(timedelta(hours=9)))
    timings = json.loads(report(started_at=elsewhere).to_json())["timings"]
    assert (timings["started_at"], timings["graded_at"]) == (
        "2027-02-01T12:00:00Z",
        "2027-02-01T12:01:00Z",
    )


def test_text_that_json_cannot_hold_is_replaced_and_bloat_is_cut() -> None:
    finding = Finding("crash", "half \ud800 " + "x" * 50_000)
    found = report(Outcome(Verdict.RUNTIME_ERROR, (finding,)))
    message = Report.from_json(found.to_json()).findings[0].message
    assert message.startswith("half ? x")
    assert message.endswith("(40057 characters left out)")
    assert len(message) <= 10_000


def test_layers_are_counted() -> None:
    [layer] = report().model.layers
    assert (layer.kind, layer.output_shape, layer.parameters) == ("Conv2D", (30, 30, 8), 224)


@pytest.mark.parametrize("text", ["", "{}", "[]", "no json", '{"version": 2}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Report.from_json(text)


@pytest.mark.parametrize(
    ("outcome", "changes"),
    [
        (GRADED, {"score": None}),
        (GRADED, {"percent": None, "grade": None}),
        (GRADED, {"verdict": "INTERNAL_ERROR"}),
        (Outcome(Verdict.INTERNAL_ERROR), {"score": 0}),
    ],
)
def test_report_whose_score_contradicts_its_verdict_is_refused(
    outcome: Outcome, changes: dict[str, object]
) -> None:
    written = json.loads(report(outcome).to_json())
    with pytest.raises(ValueError, match="for it alone"):
        Report.from_json(json.dumps(written | changes))


def test_time_before_all_time_is_refused() -> None:
    written = json.loads(report().to_json())
    written["timings"]["started_at"] = "0001-01-01T00:00:00+14:00"
    with pytest.raises(ValueError, match="out of the range of dates"):
        Report.from_json(json.dumps(written))


def test_field_of_a_later_program_is_passed_over() -> None:
    written = json.loads(report().to_json())
    assert Report.from_json(json.dumps(written | {"from_the_future": 1})) == report()


@pytest.mark.parametrize(
    ("here", "matters"),
    [
        ({"reproducibility": "strict"}, False),
        ({"reproducibility": "host"}, True),
        ({"platform": "Linux-aarch64", "vector_extensions": ("asimd",)}, True),
        ({"platform": "Darwin-x86_64"}, True),
        ({"vector_extensions": ("sse4_2", "avx")}, True),
        ({"vector_extensions": ("avx2",)}, True),
    ],
)
@pytest.mark.parametrize(
    "there",
    [
        {"cpu": "Another CPU"},
        {"caches": ("L1 data 1K",)},
        {"os": "Plan 9"},
        {"vector_extensions": ("avx2", "fma", "avx512f")},
    ],
    ids=str,
)
def test_machine_is_in_the_fingerprint_only_where_it_matters(
    here: dict[str, object], there: dict[str, object], matters: bool
) -> None:
    environment = Environment.model_validate(ENVIRONMENT.model_dump() | here)
    other = environment.model_copy(update=there)
    both_portable = environment.holds_everywhere and other.holds_everywhere
    assert (environment.sha256 != other.sha256) is matters
    assert both_portable is not matters


def test_environment_of_an_older_report_is_read() -> None:
    known = {"python", "tensorflow", "keras", "numpy", "platform", "cpu", "reproducibility"}
    older = Environment.model_validate(ENVIRONMENT.model_dump(include=known))
    assert older.vector_extensions == ()
    assert not older.holds_everywhere


@pytest.mark.parametrize(
    "field", ["python", "tensorflow", "keras", "numpy", "platform", "onednn", "autograder"]
)
def test_fingerprint_changes_with_every_version(field: str) -> None:
    assert ENVIRONMENT.model_copy(update={field: "other"}).sha256 != ENVIRONMENT.sha256


def with_due(day: str) -> Config:
    late = {"due": f"{day}T23:59:00+01:00", "points_per_day": 10}
    return Config.model_validate(CONFIG.model_dump() | {"late": late})


def test_cached_report_follows_roster_and_late_policy_without_new_training() -> None:
    earlier = report(replace(GRADED, plan=TrainingPlan(5, 32, 10, 30, 30, 5.0, 3.0, 0.5)))
    renamed = replace(SUBMISSION, name="Ada King")
    config = with_due("2027-01-29")
    today = restate(earlier, renamed, config)
    assert (today.score, today.late.points, today.grade) == (77.5, 20, 57.5)
    assert today.flags == ("late", "budget-cut")
    assert today.submission.name == "Ada King"
    fresh = replace(GRADED, plan=TrainingPlan(5, 32, 10, 30, 30, 5.0, 3.0, 0.5))
    assert today == build_report(renamed, fresh, context(config=config))


def test_extension_takes_the_flag_and_the_penalty_away() -> None:
    late = report(config=with_due("2027-01-29"))
    assert restate(late, SUBMISSION, CONFIG) == report()


def test_the_budget_says_what_was_used_of_it() -> None:
    found = report()
    assert found.plan is not None
    assert found.budget.training_s.used == found.plan.used_s > 0
    assert found.budget.training_s.allowed == CONFIG.budget.training_s
    assert found.budget.parameters.used == found.model.parameters
    assert found.budget.source_bytes.allowed == 64 * 1024


@pytest.mark.parametrize(
    ("replay", "flags"),
    [
        (None, ()),
        (Replay(True, "the same"), ()),
        (Replay("not possible", "own layers"), ()),
        (Replay(False, "otherwise"), ("replay-different", "needs-attention")),
    ],
)
def test_other_predictions_without_the_students_code_want_a_person(
    replay: Replay | None, flags: tuple[str, ...]
) -> None:
    found = report(replace(GRADED, replay=replay))
    assert found.flags == flags
    assert found.score == report().score
    written = json.loads(found.to_json())["replay"]
    assert written == (replay and {"replayed": replay.replayed, "reason": replay.reason})
    assert Report.from_json(found.to_json()) == found


def test_a_report_of_before_there_were_replays_is_read() -> None:
    written = json.loads(report().to_json())
    del written["replay"]
    assert Report.from_json(json.dumps(written)).replay is None
