"""When a submission is trained again, and what its runs come to, with jobs that follow a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from autograder.assignment import Labels
from autograder.config import Config
from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending
from autograder.metrics import evaluate
from autograder.models import Verdict
from autograder.outcome import Outcome, Uncertainty
from autograder.pipeline import Grader
from autograder.reports.build import build_report
from autograder.runs import Judge, Made
from autograder.scoring import Facts
from tests.conftest import CLASSES, TinyData
from tests.fakes import (
    CONFIG,
    LABELS,
    WEIGHTS,
    Script,
    Watched,
    fake_grader,
    predictions,
    result,
    submission,
)
from tests.sample_reports import context

FIRST = CONFIG.seeds.training
NO_NUMBERS = np.full((len(LABELS), CLASSES), np.nan, "<f4").tobytes()


def rules(**seeds: Any) -> Config:
    return CONFIG.model_copy(update={"seeds": CONFIG.seeds.model_copy(update=seeds)})


def grader_of(
    data: TinyData, right: Mapping[int, int | bytes], *, holdout: bool = True, **seeds: Any
) -> tuple[Grader, Script]:
    """Return a grader whose trainings predict so many images rightly, by number of the run."""
    grader, script = fake_grader(data, rules(**seeds), holdout=holdout)

    def of_this_run() -> bytes:
        trained = [job for job in script.asked if job.task == "train"]
        number = trained[-1].arguments["seed"] - FIRST
        chosen = right.get(number, right[max(right)])
        return chosen if isinstance(chosen, bytes) else predictions(LABELS, chosen)

    script.replay = lambda: script.replayed(holdout=of_this_run())
    script.predict = lambda: script.predicted(holdout=of_this_run())
    return grader, script


def tasks(script: Script) -> list[str]:
    """Return what was asked for once the plan was known."""
    return [job.task for job in script.asked if job.task in {"train", "replay"}]


def seeds_of(script: Script) -> list[int]:
    return [job.arguments["seed"] for job in script.asked if job.task == "train"]


def se_after(data: TinyData, runs: int, right: int) -> float:
    grader, _ = grader_of(data, {0: right}, min_runs=runs, max_runs=runs)
    return uncertainty(grader.grade(submission(), Watched())).score_se


def uncertainty(outcome: Outcome) -> Uncertainty:
    assert outcome.uncertainty is not None
    return outcome.uncertainty


def points(outcome: Outcome) -> float:
    assert outcome.score is not None
    return outcome.score.points


def test_a_score_in_no_doubt_is_settled_by_one_run(tiny_data: TinyData) -> None:
    grader, script = grader_of(tiny_data, {0: 25})
    outcome = grader.grade(submission(), Watched())
    assert tasks(script) == ["train", "replay"]
    assert seeds_of(script) == [FIRST]
    assert [run.seed for run in outcome.runs] == [FIRST]
    assert uncertainty(outcome).decisions[0].startswith("Settled after 1 run")
    assert not uncertainty(outcome).borderline


def test_an_open_score_is_trained_again_until_it_is_sure_enough(tiny_data: TinyData) -> None:
    enough = (se_after(tiny_data, 2, 20) + se_after(tiny_data, 1, 20)) / 2
    grader, script = grader_of(tiny_data, {0: 20}, max_score_se=enough)
    watched = Watched()
    outcome = grader.grade(submission(), watched)
    assert f"training, seed {FIRST + 1}" in watched.stages
    assert tasks(script) == ["train", "replay", "train", "replay"]
    assert seeds_of(script) == [FIRST, FIRST + 1]
    first, second = uncertainty(outcome).decisions
    assert first.startswith("Open after 1 run")
    assert second.startswith("Settled after 2 runs")
    assert uncertainty(outcome).score_se <= enough


def test_what_stays_open_after_all_runs_is_borderline(tiny_data: TinyData) -> None:
    grader, script = grader_of(tiny_data, {0: 20}, max_runs=3, max_score_se=0.01)
    outcome = grader.grade(submission(), Watched())
    assert len(seeds_of(script)) == 3
    assert uncertainty(outcome).borderline
    report = build_report(submission(), outcome, context(config=rules()))
    assert "borderline" in report.flags
    assert "needs-attention" not in report.flags


def test_as_many_runs_as_the_rules_ask_for_are_made_in_any_case(tiny_data: TinyData) -> None:
    grader, script = grader_of(tiny_data, {0: 25}, min_runs=3)
    outcome = grader.grade(submission(), Watched())
    assert seeds_of(script) == [FIRST, FIRST + 1, FIRST + 2]
    assert uncertainty(outcome).decisions[0] == "1 run of at least 3."


def test_a_pass_mark_within_reach_asks_for_another_run(tiny_data: TinyData) -> None:
    alone, _ = grader_of(tiny_data, {0: 20}, max_score_se=1000)
    mark = points(alone.grade(submission(), Watched()))
    grader, script = grader_of(tiny_data, {0: 20}, max_score_se=1000, pass_mark=mark, max_runs=2)
    outcome = grader.grade(submission(), Watched())
    assert len(seeds_of(script)) == 2
    assert "holds the pass mark" in uncertainty(outcome).decisions[0]


def test_a_score_is_the_mean_over_its_runs(tiny_data: TinyData) -> None:
    singles = [
        grader_of(tiny_data, {0: right}, max_runs=1)[0].grade(submission(), Watched())
        for right in (15, 20, 25)
    ]
    grader, _ = grader_of(tiny_data, {0: 15, 1: 20, 2: 25}, min_runs=3, max_runs=3)
    outcome = grader.grade(submission(), Watched())
    assert points(outcome) == pytest.approx(sum(map(points, singles)) / 3)
    assert [run.points for run in outcome.runs] == [*map(points, singles)]
    assert outcome.holdout is not None
    assert outcome.holdout.accuracy == pytest.approx(0.8)
    assert outcome.score is not None
    recognition, size = outcome.score.criteria
    assert recognition.value == outcome.holdout.macro_f1
    assert "The points are the mean over 3 runs" in recognition.reason
    assert (size.points, "mean" in size.reason) == (10, False)


def test_a_threshold_that_some_runs_reach_gives_a_share_and_no_verdict() -> None:
    item = {"id": "a", "title": "A", "points": 10, "metric": "accuracy", "at_least": 0.9}
    config = Config.model_validate(
        CONFIG.model_dump() | {"rubric": [item], "seeds": {"min_runs": 2, "max_runs": 2}}
    )
    judge = judge_of(config, np.arange(len(LABELS)))
    settled = judge.settle(made(25), Facts(), lambda seed: made(20, seed))
    (only,) = settled.score.criteria
    assert (only.points, only.passed) == (5, None)
    assert only.reason.endswith("The points are the mean over 2 runs: 10.00, 0.00.")


def test_the_first_run_is_what_is_shown_and_all_are_listed(tiny_data: TinyData) -> None:
    grader, script = grader_of(tiny_data, {0: 25}, min_runs=2)
    first = {"weights.bin": bytes(len(WEIGHTS)), "architecture.json": b""}
    script.train = lambda: script.trained(**(first if len(seeds_of(script)) == 1 else {}))
    outcome = grader.grade(submission(), Watched())
    assert outcome.weights_sha256 == outcome.runs[0].weights_sha256
    assert outcome.runs[1].weights_sha256 != outcome.runs[0].weights_sha256
    assert [run.replay.replayed for run in outcome.runs if run.replay] == ["not possible", True]
    assert outcome.replay == outcome.runs[0].replay
    assert len(outcome.history) == 1
    assert outcome.resources.cpu_s == 2.0 * len(script.asked)
    assert outcome.log == b"printed\n" * 3  # building and two trainings
    assert outcome.sealed_log == b"whispered\n"
    predicted = [job.arguments["seed"] for job in script.asked if job.task in {"predict", "replay"}]
    assert predicted == seeds_of(script)


def test_a_further_run_that_replays_differently_is_told_to_staff(tiny_data: TinyData) -> None:
    grader, script = grader_of(tiny_data, {0: 25}, min_runs=2)
    other = {"validation.f32": predictions(script.validation_labels, right=10)}
    script.replay = lambda: script.replayed(**(other if len(seeds_of(script)) == 2 else {}))
    outcome = grader.grade(submission(), Watched())
    assert outcome.note.startswith(f"Seed {FIRST + 1}: A clean job")
    flags = build_report(submission(), outcome, context(config=rules())).flags
    assert {"replay-different", "needs-attention"} <= set(flags)


@pytest.mark.parametrize(
    ("fail", "verdict", "words"),
    [
        (
            lambda script: script.trained(**{"validation.f32": NO_NUMBERS[: 20 * CLASSES * 4]}),
            Verdict.INVALID_OUTPUT,
            "not finite",
        ),
        (
            lambda script: script.trained(**{"validation.f32": b"1234"}),
            Verdict.INVALID_OUTPUT,
            "1 were found",
        ),
        (lambda script: script.trained(**{"training.json": b"{}"}), Verdict.RUNTIME_ERROR, "ended"),
        (
            lambda _: result(ending=Ending.CPU_LIMIT, exit_code=-9),
            Verdict.TIME_LIMIT,
            "stopped after",
        ),
    ],
    ids=["nan", "short", "forged", "time"],
)
def test_a_further_run_that_fails_ends_them_and_throws_nothing_away(
    tiny_data: TinyData, fail: Callable[[Script], Any], verdict: Verdict, words: str
) -> None:
    grader, script = grader_of(tiny_data, {0: 15, 1: 20}, max_score_se=0.01)
    well = script.train
    script.train = lambda: fail(script) if FIRST + 2 in seeds_of(script) else well()
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.GRADED
    assert sorted(set(seeds_of(script))) == [FIRST, FIRST + 1, FIRST + 2]
    assert len(outcome.runs) == 2
    assert points(outcome) == pytest.approx(sum(run.points for run in outcome.runs) / 2)
    assert outcome.failed_run is not None
    assert (outcome.failed_run.seed, outcome.failed_run.verdict) == (FIRST + 2, verdict)
    assert [finding.rule for finding in outcome.findings] == ["unstable"]
    assert words in outcome.findings[0].message
    assert "the mean of the 2 runs before" in outcome.findings[0].message
    assert f"Seed {FIRST + 2}: {verdict}" in outcome.note
    report = build_report(submission(), outcome, context(config=rules()))
    assert "unstable" in report.flags
    assert report.runs is not None
    assert report.runs.failed is not None
    assert words in report.runs.failed.reason
    assert report.runs.decisions[-1] == f"The run under seed {FIRST + 2} failed: {verdict}."


def test_a_first_run_that_fails_is_no_matter_of_luck(tiny_data: TinyData) -> None:
    grader, script = grader_of(tiny_data, {0: NO_NUMBERS, 1: 25}, min_runs=2)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.INVALID_OUTPUT
    assert seeds_of(script) == [FIRST]


def test_our_own_fault_in_a_further_run_is_an_exception(tiny_data: TinyData) -> None:
    grader, script = grader_of(tiny_data, {0: 25}, min_runs=2)
    well = script.train
    killed = result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    script.train = lambda: killed if len(seeds_of(script)) > 1 else well()
    with pytest.raises(JobInfrastructureError):
        grader.grade(submission(), Watched())


def test_whoever_grades_again_decides_the_same(tiny_data: TinyData) -> None:
    right = {0: 20, 1: 17, 2: 22, 3: 19}
    one, other = (
        grader_of(tiny_data, right, max_score_se=9.0)[0].grade(submission(), Watched())
        for _ in range(2)
    )
    assert len(one.runs) > 1
    assert one == other


@pytest.mark.parametrize(
    "forged",
    [
        np.zeros((len(LABELS), CLASSES), "<f4"),
        np.full((len(LABELS), CLASSES), 3e38, "<f4"),
        np.eye(CLASSES, dtype="<f4")[np.zeros(len(LABELS), int)] * -1,
    ],
    ids=["zeros", "huge", "negative"],
)
def test_odd_predictions_are_judged_like_any_other(
    tiny_data: TinyData, forged: np.ndarray[Any, Any]
) -> None:
    grader, _ = grader_of(tiny_data, {0: forged.tobytes()}, max_runs=2)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.GRADED
    assert 0 <= uncertainty(outcome).macro_f1.low <= uncertainty(outcome).macro_f1.high <= 1


def test_at_a_students_there_is_one_run_and_an_assumption_about_its_luck(
    tiny_data: TinyData,
) -> None:
    grader, script = grader_of(tiny_data, {0: 20}, holdout=False, min_runs=3, max_score_se=0.01)
    labels = np.load(tiny_data.folder / "validation_labels.npy")
    made = {"validation.f32": predictions(labels, 15)}
    script.train, script.replay = lambda: script.trained(**made), lambda: script.replayed(**made)
    outcome = grader.grade(submission(), Watched())
    assert seeds_of(script) == [FIRST]
    found = uncertainty(outcome)
    assert found.decisions == ()
    assert not found.borderline
    assert found.luck_se > found.holdout_se > 0
    assert outcome.validation is not None
    assert found.macro_f1.low < outcome.validation.macro_f1 < found.macro_f1.high


def judge_of(config: Config, tracks: np.ndarray[Any, Any]) -> Judge:
    labels = Labels((1,) * CLASSES, LABELS, LABELS, tracks.astype(np.int32))
    return Judge(config, labels, CLASSES)


def made(right: int, seed: int = FIRST) -> Made:
    raw = np.frombuffer(predictions(LABELS, right), "<f4").reshape(-1, CLASSES)
    return Made(seed, evaluate(raw, LABELS, CLASSES), raw.argmax(axis=1), "ab" * 32, None)


def test_frames_of_one_sign_are_not_taken_for_several() -> None:
    alone = np.arange(len(LABELS))
    # Images i and i + 5 are of one class; those that are wrong hang together.
    paired = LABELS + CLASSES * (np.arange(len(LABELS)) >= 2 * CLASSES)
    one, other = (
        judge_of(rules(max_runs=1), tracks).settle(made(10), Facts(), lambda _: made(10))
        for tracks in (alone, paired)
    )
    assert other.uncertainty.holdout_se > one.uncertainty.holdout_se


def test_a_look_is_taken_of_the_first_run_and_takes_no_room_on_the_disk(
    tiny_data: TinyData,
) -> None:
    grader, script = grader_of(tiny_data, {0: 15, 1: 20}, min_runs=2, max_runs=2)
    grader.grade(submission(), Watched())
    first, second = (job for job in script.asked if job.task == "train")
    looks = {"look.json", "look.f32"}
    assert (first.arguments["look"], second.arguments["look"]) == (True, False)
    assert looks <= {file.name for file in first.outputs}
    assert not looks & {file.name for file in second.outputs}
    room = (first.limits.disk_mib - CONFIG.limits.disk_mib) << 20
    assert sum(file.max_bytes for file in first.outputs if file.name in looks) <= room
    assert first.limits == second.limits
