from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import TypeAdapter

from autograder.measures import Metrics
from autograder.resampling import (
    Measured,
    Resamples,
    Run,
    measure,
    resample,
    standard_metrics,
)
from autograder.rubric import Criterion, MetricCriterion, MetricKey
from autograder.scoring import Facts, score
from autograder.stats import (
    Assessment,
    Estimate,
    SeedRule,
    another_run,
    assess,
    points,
    seeds_of,
)

Ids = NDArray[np.int32]
CLASSES, TRACKS, FRAMES = 6, 10, 4
METRICS = standard_metrics(CLASSES)
F1: MetricKey = ("macro_f1", None)
ACCURACY: MetricKey = ("accuracy", None)
LABELS = np.repeat(np.arange(CLASSES), TRACKS * FRAMES).astype(np.int32)
TRACK_OF = np.repeat(np.arange(CLASSES * TRACKS), FRAMES).astype(np.int32)


def criterion(**keys: Any) -> Any:
    data = {"id": "it", "title": "It", "points": 80, "metric": "macro_f1"} | keys
    return TypeAdapter(Criterion).validate_python(data)


def scaled(zero_at: float = 0.0, full_at: float = 1.0, **keys: Any) -> Any:
    return criterion(zero_at=zero_at, full_at=full_at, **keys)


def threshold(at_least: float = 0.85, **keys: Any) -> Any:
    return criterion(at_least=at_least, **keys)


@pytest.fixture(scope="module")
def resamples() -> Resamples:
    return resample(LABELS, TRACK_OF, CLASSES, replicates=400)


def predictions(chance: float, seed: int, together: float = 0.9) -> Ids:
    """Return predictions with a known truth: macro-F1, accuracy and every recall are `chance`.

    Whoever misses a sign takes it for that of the next class. A track is missed as a whole, but for
    a few frames that have a chance of their own.
    """
    rng = np.random.default_rng(seed)
    of_track = (rng.random(CLASSES * TRACKS) < chance)[TRACK_OF]
    of_frame = rng.random(len(LABELS)) < chance
    right = np.where(rng.random(len(LABELS)) < together, of_track, of_frame)
    return np.where(right, LABELS, (LABELS + 1) % CLASSES).astype(np.int32)


def run(resamples: Resamples, chance: float = 0.9, seed: int = 0) -> Run:
    return measure(resamples, predictions(chance, seed), METRICS)


def made_up(*replicates: float) -> Run:
    """Return a run that measured the same on every metric: first the holdout, then replicates."""
    return {key: Measured(np.array(replicates), len(LABELS)) for key in (F1, ACCURACY)}


# Coverage


@pytest.mark.parametrize("chance", [0.5, 0.9])
def test_intervals_hold_the_truth_as_often_as_they_say(chance: float, resamples: Resamples) -> None:
    held = {F1: 0, ACCURACY: 0, ("recall", 0): 0}
    for seed in range(200):
        found = assess((), resamples, [run(resamples, chance, seed)], luck=0.0).metrics
        for key in held:
            held[key] += found[key].low <= chance <= found[key].high
    assert min(held.values()) >= 182, held
    assert held[F1] <= 197


def test_frames_taken_for_independent_would_promise_too_much() -> None:
    independent = resample(LABELS, np.arange(len(LABELS)), CLASSES, replicates=400)
    estimates = (
        assess((), independent, [run(independent, 0.8, seed)], luck=0.0).metrics[F1]
        for seed in range(100)
    )
    assert sum(found.low <= 0.8 <= found.high for found in estimates) < 85


def test_perfect_class_is_not_taken_for_certain(resamples: Resamples) -> None:
    predicted = np.where(LABELS == 2, LABELS, predictions(0.8, 0))
    found = assess((), resamples, [measure(resamples, predicted, METRICS)], luck=1.0)
    perfect = found.metrics["recall", 2]
    assert (perfect.value, perfect.se, perfect.high) == (1.0, 0.0, 1.0)
    assert 0.6 < perfect.low < 0.9


def test_class_of_one_track_is_as_unsure_as_its_images_allow() -> None:
    few = (LABELS != 0) | (TRACK_OF == 0)
    resamples = resample(LABELS[few], TRACK_OF[few], CLASSES, replicates=200)
    predicted = predictions(0.8, 1)[few]
    predicted[:FRAMES] = [0, 0, 1, 1]
    found = assess((), resamples, [measure(resamples, predicted, METRICS)], luck=0.0).metrics
    assert found["recall", 0].value == 0.5
    assert found["recall", 0].low < 0.2
    assert found["recall", 0].high > 0.8


@pytest.mark.parametrize("tracks", [np.arange(4), np.array([0, 0, 1, 1])], ids=["one", "two"])
@pytest.mark.parametrize("predicted", [[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1], [2, 2, 2, 2]])
def test_nothing_is_ever_not_a_number(tracks: Ids, predicted: list[int]) -> None:
    resamples = resample(np.array([0, 0, 1, 1]), tracks, 3, replicates=20)
    one_run = measure(resamples, np.array(predicted), standard_metrics(3))
    found = assess([scaled()], resamples, [one_run, one_run], luck=1.5)
    for estimate in (*found.metrics.values(), found.score):
        assert all(math.isfinite(value) for value in dataclasses.astuple(estimate))
        assert estimate.low <= estimate.value <= estimate.high
    nothing_known = found.metrics["recall", 2]
    assert (nothing_known.low, nothing_known.high) == (0.0, 1.0)


# Variances


def test_one_run_is_given_assumed_luck(resamples: Resamples) -> None:
    one = [run(resamples, 0.5)]
    found = assess([scaled()], resamples, one, luck=1.5).score
    assert found.luck_se == pytest.approx(1.5 * found.holdout_se)
    assert found.se == pytest.approx(math.hypot(found.holdout_se, found.luck_se))
    assert assess([scaled()], resamples, one, luck=0.0).score.luck_se == 0


def test_luck_of_several_runs_is_measured_with_the_assumption_as_one_more() -> None:
    small = resample(LABELS, TRACK_OF, CLASSES, replicates=2)
    # Of one run, the holdout's variance is 0.005; the means over the runs vary as much.
    runs = [made_up(0.5, 0.55, 0.65), made_up(0.65, 0.5, 0.6)]
    found = assess([scaled(points=1)], small, runs, luck=2.0).score
    assert found.value == pytest.approx(0.575)
    assert found.holdout_se**2 == pytest.approx(0.005)
    one_run = (2.0**2 * 0.005 + 0.075**2 + 0.075**2) / 2
    assert found.luck_se**2 == pytest.approx(one_run / 2)


def test_luck_is_assumed_of_metrics_before_they_become_points() -> None:
    small = resample(LABELS, TRACK_OF, CLASSES, replicates=2)
    # All points in every replicate; with luck twice as far off, one would be 0.05 short of them.
    runs = [made_up(0.9, 0.85, 0.95)]
    found = assess([scaled(0.0, 0.85, points=85)], small, runs, luck=2.0).score
    assert (found.value, found.holdout_se) == (85, 0)
    assert found.luck_se**2 == pytest.approx(5**2 / 2)


def test_score_is_the_mean_of_the_runs_points(resamples: Resamples) -> None:
    runs = [run(resamples, 0.9, seed) for seed in range(3)]
    rubric = [scaled(0.8, 0.95, id="a"), threshold(0.9, id="b", points=20)]
    each = [sum(points(item, one[F1].values[:1])[0] for item in rubric) + 7.5 for one in runs]
    found = assess(rubric, resamples, runs, luck=1.0, fixed_points=7.5)
    assert found.score.value == pytest.approx(np.mean(each))
    assert found.runs == 3


def test_what_two_criteria_share_adds_up(resamples: Resamples) -> None:
    one = [run(resamples)]
    alone = assess([scaled(id="a")], resamples, one, luck=0.0).score
    twice = assess([scaled(id="a"), scaled(id="b")], resamples, one, luck=0.0).score
    assert twice.se == pytest.approx(2 * alone.se)


def test_points_beyond_the_scale_are_in_no_doubt(resamples: Resamples) -> None:
    found = assess([scaled(0.1, 0.2)], resamples, [run(resamples)], luck=1.5).score
    assert (found.value, found.se, found.low, found.high) == (80, 0, 80, 80)


def test_more_runs_make_a_score_surer(resamples: Resamples) -> None:
    runs = [run(resamples, 0.8, seed) for seed in range(5)]
    errors = [assess([scaled()], resamples, runs[:n], luck=1.5).score.se for n in (1, 3, 5)]
    assert errors == sorted(errors, reverse=True)


def test_same_runs_give_the_same_bits(resamples: Resamples) -> None:
    rubric, runs = [scaled()], [run(resamples, 0.8, seed) for seed in range(2)]
    again = resample(LABELS, TRACK_OF, CLASSES, replicates=400)
    repeated = [run(again, 0.8, seed) for seed in range(2)]
    assert assess(rubric, resamples, runs, 1.5) == assess(rubric, again, repeated, 1.5)


@given(st.floats(0, 1), st.sampled_from([scaled(0.2, 0.7), scaled(0.79, 0.91), threshold()]))
def test_points_are_those_of_the_score(value: float, item: MetricCriterion) -> None:
    scored = score([item], Facts(Metrics(value, value, (value,), 10))).points  # type: ignore[list-item]
    assert points(item, np.array([value])).tolist() == [scored]


# The rule


def estimate(value: float, low: float, high: float, se: float = 1.0) -> Estimate:
    return Estimate(value, holdout_se=se, luck_se=0.0, low=low, high=high)


def assessment(
    runs: int = 1, se: float = 1.0, f1: tuple[float, float] = (0.86, 0.95)
) -> Assessment:
    metrics = {F1: estimate(0.9, *f1)}
    return Assessment(runs, metrics, estimate(50, 50 - 2 * se, 50 + 2 * se, se))


RULE = SeedRule(min_runs=1, max_runs=3, max_score_se=2.0)


@pytest.mark.parametrize(
    ("found", "rule", "another", "borderline", "reason"),
    [
        (assessment(), RULE, False, False,
         "Settled after 1 run: the score's standard error is 1.00 points, at most 2 are allowed"),
        (assessment(), SeedRule(2, 3, 2.0), True, False, "1 run of at least 2."),
        (assessment(2, se=2.5), RULE, True, False,
         "2.50 points (2.50 from the choice of images, 0.00 from luck of the seeds), above 2."),
        (assessment(3, se=2.5), RULE, False, True, "Borderline after 3 runs, the most allowed: "),
        (assessment(f1=(0.84, 0.9)), RULE, True, False,
         "the interval of it, 0.840 to 0.900, holds its pass mark 0.85."),
        (assessment(3, f1=(0.84, 0.9)), RULE, False, True, "its pass mark 0.85."),
        (assessment(), SeedRule(1, 3, 2.0, pass_mark=51), True, False,
         "the score's interval, 48.00 to 52.00 points, holds the pass mark 51."),
        (assessment(), SeedRule(1, 3, 2.0, pass_mark=53), False, False, "Settled"),
    ],
    ids=["settled", "too few", "error", "error to the end", "mark", "mark to the end", "points",
         "points off"],
)  # fmt: skip
def test_another_run_follows_while_the_score_is_open(
    found: Assessment, rule: SeedRule, another: bool, borderline: bool, reason: str
) -> None:
    decision = another_run(found, [threshold()], rule)
    assert (decision.another, decision.borderline) == (another, borderline)
    assert reason in decision.reason


def test_luck_of_one_run_is_called_assumed() -> None:
    assert "from assumed luck" in another_run(assessment(se=3), (), RULE).reason


def test_all_doubts_are_told() -> None:
    reason = another_run(assessment(se=3, f1=(0.8, 0.9)), [threshold()], RULE).reason
    assert "above 2; the interval of it" in reason


def test_ends_of_a_scale_are_no_marks() -> None:
    rubric = [scaled(0.9, 0.92)]
    assert not another_run(assessment(), rubric, RULE).another


@pytest.mark.parametrize(
    ("low", "high", "mark", "straddles"),
    [
        (0.8, 0.9, 0.85, True),
        (0.8, 0.9, 0.9, True),
        (0.8, 0.9, 0.8, False),
        (0.8, 0.9, 0.91, False),
    ],
)
def test_mark_is_straddled_if_it_could_be_missed_or_reached(
    low: float, high: float, mark: float, straddles: bool
) -> None:
    assert estimate(0.85, low, high).straddles(mark) is straddles


def test_seeds_are_the_first_and_those_after_it() -> None:
    assert seeds_of(2027, 3) == (2027, 2028, 2029)
    assert seeds_of(2**31 - 1, 3) == (2**31 - 1, 0, 1)
