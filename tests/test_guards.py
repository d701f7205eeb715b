"""Clocks only kill: a stopped job gets a second chance, alone, and keeps what it completed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.config import LimitsConfig
from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending, Job, JobResult, Limits, OutputFile
from autograder.looks import LOOK_IMAGES, look_files
from autograder.models import Verdict
from tests.conftest import CLASSES, LIMITS, OUTPUTS, TINY, Jobs, TinyData
from tests.fakes import (
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

GUARDED = [Ending.CPU_LIMIT, Ending.WALL_LIMIT]
NOT_FINITE = np.full((len(LABELS), CLASSES), np.nan, "<f4").tobytes()


def stopped(
    ending: Ending = Ending.CPU_LIMIT, outputs: dict[str, bytes] | None = None
) -> JobResult:
    return result(outputs, ending=ending, exit_code=-9)


def quarters(count: int) -> dict[str, bytes]:
    """Return the files of a training that completed so many quarters, and began the next."""
    files = {
        "history.jsonl": json.dumps(HISTORY | {"step": 1}).encode() + b"\n",
        "weights.json": json.dumps(SHAPES).encode(),
    }
    for number in range(1, count + 1):
        files[f"quarter-{number}.bin"] = bytes([number]) * len(WEIGHTS)
    files[f"quarter-{count + 1}.bin"] = b"half of"
    return files


def predicting(script: Script, holdout: bytes | None = None) -> JobResult:
    """Return what the model of a quarter predicts; it reads the more right, the more it was."""
    number = script.asked[-1].inputs["weights.bin"][0]
    return script.predicted(predictions(LABELS, right=8 * number) if holdout is None else holdout)


def in_turn(*results: JobResult) -> Callable[[], JobResult]:
    return iter(results).__next__


def tasks(script: Script) -> list[tuple[str, bool]]:
    return [(job.task, alone) for job, alone in zip(script.asked, script.alone, strict=True)]


@pytest.mark.parametrize("ending", GUARDED)
def test_a_stopped_training_that_succeeds_alone_is_graded_as_any_other(
    tiny_data: TinyData, ending: Ending
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = in_turn(stopped(ending), script.trained())
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.GRADED
    assert outcome.score is not None
    assert outcome.score.points == 100
    assert tasks(script)[2:4] == [("train", False), ("train", True)]
    assert outcome.resources.cpu_s == 10  # five jobs of 2 s


def test_a_job_that_the_kernel_ended_has_a_second_chance_alone(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = in_turn(stopped(Ending.KILLED_FROM_OUTSIDE), script.trained())
    assert grader.grade(submission(), Watched()).verdict is Verdict.GRADED
    assert tasks(script)[2:4] == [("train", False), ("train", True)]
    assert "keep_quarters" not in script.asked[3].arguments


@pytest.mark.parametrize("count", [1, 2, 3])
def test_stopped_again_it_keeps_the_score_of_the_last_whole_quarter(
    tiny_data: TinyData, count: int
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = in_turn(stopped(), stopped(outputs=quarters(count)))
    script.predict = lambda: predicting(script)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.TIME_LIMIT
    assert outcome.plan is not None
    assert outcome.holdout is not None
    assert outcome.holdout.accuracy == 8 * count / 25
    assert outcome.score is not None
    assert outcome.score.points == pytest.approx({1: 10, 2: 41.23, 3: 100}[count], abs=0.01)
    assert [finding.rule for finding in outcome.findings] == ["cpu-limit", "time-limit"]
    steps = -(-outcome.plan.steps * count // 4)
    assert f"first {count} of the 4 quarters" in outcome.findings[1].message
    assert f"{steps} of {outcome.plan.steps} steps" in outcome.findings[1].message
    assert [epoch.step for epoch in outcome.history] == [1]
    assert tasks(script)[2:] == [("train", False), ("train", True), ("predict", False)]


@pytest.mark.parametrize("count", [0, 2])
def test_without_a_usable_quarter_there_is_no_score(tiny_data: TinyData, count: int) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = in_turn(stopped(), stopped(outputs=quarters(count)))
    script.predict = lambda: predicting(script, NOT_FINITE)
    outcome = grader.grade(submission(), Watched())
    assert outcome.verdict is Verdict.TIME_LIMIT
    assert outcome.score is None


def test_quarters_are_predicted_in_the_second_training_alone(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = in_turn(stopped(), stopped())
    grader.grade(submission(), Watched())
    first, second = script.asked[-2:]
    assert "keep_quarters" not in first.arguments
    assert second.arguments == {**first.arguments, "keep_quarters": True}
    assert second.limits == first.limits


def test_a_stopped_build_has_a_second_chance_too(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)
    described = script.describe()
    script.describe = in_turn(stopped(Ending.WALL_LIMIT), described)
    assert grader.grade(submission(), Watched()).verdict is Verdict.GRADED
    assert tasks(script)[:2] == [("describe", False), ("describe", True)]


@pytest.mark.parametrize("ending", [Ending.MEMORY_LIMIT, Ending.DISK_LIMIT, Ending.OUTPUT_LIMIT])
def test_no_other_limit_depends_on_the_machine_so_none_is_tried_again(
    tiny_data: TinyData, ending: Ending
) -> None:
    grader, script = fake_grader(tiny_data)
    script.train = lambda: stopped(ending)
    assert grader.grade(submission(), Watched()).score is None
    assert tasks(script)[2:] == [("train", False)]


def test_guards_follow_the_price_and_the_machine(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data)  # whose machine is half as fast as the reference
    outcome = grader.grade(submission(), Watched())
    limits = {job.task: job.limits for job in script.asked}
    rules, plan = grader.assignment.config.limits, outcome.plan
    assert plan is not None
    assert limits["describe"].cpu_s == limits["price"].cpu_s == 2 * rules.build_cpu_s
    predicted = 1 + LOOK_IMAGES / len(script.validation_labels)
    work_s = plan.used_s + plan.validation_s * predicted
    expected = Limits.for_work(rules, work_s, host_factor=2.0)
    # Whoever fills the disk to the rules' limit must not fail for what the worker leaves.
    room_mib = limits["train"].disk_mib - expected.disk_mib
    assert limits["train"] == dataclasses.replace(expected, disk_mib=rules.disk_mib + room_mib)
    weights_bytes = 4 * outcome.parameters if outcome.parameters else 0
    looks_bytes = sum(file.max_bytes for file in look_files(CLASSES))
    assert room_mib * 2**20 >= looks_bytes + 2 * weights_bytes
    predictions = 1 + 25 / len(script.validation_labels)
    assert limits["replay"] == Limits.for_work(rules, plan.validation_s * predictions, 2.0)


def test_a_guard_is_a_multiple_of_the_work_and_of_what_building_takes() -> None:
    rules = LimitsConfig(guard=4, build_cpu_s=20, build_wall_s=60)
    limits = Limits.for_work(rules, work_s=30, host_factor=1.5)
    assert (limits.cpu_s, limits.wall_s) == (1.5 * (20 + 120), 1.5 * (60 + 240))


@pytest.mark.parametrize("left", [{}, {"calibration.json": b'{"step_ms": 0}'}])
def test_a_machine_that_cannot_be_measured_is_our_own_fault(
    tiny_data: TinyData, left: dict[str, bytes]
) -> None:
    grader, script = fake_grader(tiny_data)
    script.calibrate = lambda: result(left)
    with pytest.raises(JobInfrastructureError, match="calibration"):
        grader.grade(submission(), Watched())


def test_at_home_nothing_is_measured_and_guards_are_wide(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data, holdout=False)
    script.calibrate = lambda: pytest.fail("measured")
    grader.check(submission(), Watched())
    assert script.asked[0].limits.cpu_s == 2 * grader.assignment.config.limits.build_cpu_s


def test_at_home_nobody_waits_twice_for_a_loop_without_end(tiny_data: TinyData) -> None:
    grader, script = fake_grader(tiny_data, holdout=False)
    script.describe = lambda: stopped(Ending.CPU_LIMIT)
    assert grader.check(submission(), Watched()).verdict is Verdict.TIME_LIMIT
    assert tasks(script) == [("describe", False)]


def trained(jobs: Jobs, **arguments: Any) -> JobResult:
    data = jobs.data
    names = [f"quarter-{number}.bin" for number in (1, 2, 3)]
    more = data.arguments(batch_size=8, steps=8, steps_per_epoch=5, keep_bytes=1 << 20, **arguments)
    outputs = (*OUTPUTS, *(OutputFile(name, 1 << 20) for name in names))
    found = jobs.runner.run(Job("train", more, {"submission.py": TINY}, LIMITS, outputs))
    assert found.exit_code == 0, found.log.decode()
    return found


@pytest.mark.sandbox
def test_keeping_quarters_changes_no_bit_of_the_training(jobs: Jobs) -> None:
    plain, kept = trained(jobs), trained(jobs, keep_quarters=True)
    assert {name: kept.outputs[name] for name in plain.outputs} == plain.outputs
    assert set(kept.outputs) - set(plain.outputs) == {"quarter-3.bin"}  # the others are outdated
    quarter, whole = kept.outputs["quarter-3.bin"], kept.outputs["weights.bin"]
    assert quarter != whole
    assert len(quarter) == len(whole)


@pytest.mark.sandbox
def test_calibration_measures_this_machine(jobs: Jobs) -> None:
    job = Job("calibrate", jobs.data.arguments(), {}, LIMITS, (OutputFile("calibration.json", 99),))
    done = jobs.runner.run(job)
    assert 0.1 < json.loads(done.outputs["calibration.json"])["step_ms"] < 1000
