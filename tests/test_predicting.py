"""Honest networks of every kind are trained, predict, and are graded for what they have learned."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.config import Config
from autograder.confined_runner import SandboxRunner
from autograder.desk import JobDesk, data_paths
from autograder.errors import SandboxUnavailableError
from autograder.models import Verdict
from autograder.outcome import Outcome
from autograder.pipeline import Grader
from tests.conftest import CLASSES, SIZE, TinyData
from tests.fakes import CONFIG, Watched, fake_grader, submission
from tests.honest_models import MADE_ANEW, NESTED, NOISY, OWN_LAYERS, STATE_ELSEWHERE, STOCK, whole

pytestmark = pytest.mark.sandbox

COLOURS = np.array([[230, 40, 40], [40, 200, 40], [40, 60, 230], [230, 220, 40], [90, 90, 90]])


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> TinyData:
    """Squares of five colours: who has learned something tells nearly all of them apart."""
    folder = tmp_path_factory.mktemp("colours")
    random = np.random.default_rng(0)
    for split, count in (("train", 60), ("validation", 30), ("holdout", 30)):
        labels = random.permutation(np.arange(count) % CLASSES).astype(np.int32)
        noise = random.integers(-25, 25, (count, SIZE, SIZE, 3))
        images = np.clip(COLOURS[labels][:, None, None] + noise, 0, 255).astype(np.uint8)
        np.save(folder / f"{split}_images.npy", images)
        np.save(folder / f"{split}_labels.npy", labels)
        np.save(folder / f"{split}_tracks.npy", np.arange(count, dtype=np.int32))
    return TinyData(folder)


@pytest.fixture(scope="module")
def runner(colours: TinyData) -> Iterator[SandboxRunner]:
    if sys.platform != "linux":
        pytest.skip("the sandbox is for Linux")
    assignment = fake_grader(colours)[0].assignment
    try:
        made = SandboxRunner(data_paths(assignment.dataset, assignment.holdout), strict=True)
    except SandboxUnavailableError as error:
        pytest.skip(f"no sandbox on this machine: {error}")
    with made:
        yield made


def graded(runner: SandboxRunner, data: TinyData, network: str, runs: int = 1) -> Outcome:
    """Take a submission all the way; check that what was scored is what it had learned."""
    outcome = taken_all_the_way(runner, data, network, runs)
    assert outcome.findings == ()
    assert outcome.validation is not None
    assert outcome.holdout is not None
    assert outcome.validation.accuracy == pytest.approx(outcome.history[-1].validation_accuracy)
    assert outcome.holdout.accuracy > 0.7
    return outcome


def taken_all_the_way(
    runner: SandboxRunner, data: TinyData, network: str, runs: int = 1
) -> Outcome:
    seeds = CONFIG.seeds.model_copy(update={"min_runs": runs, "max_runs": runs})
    config: Config = CONFIG.model_copy(update={"seeds": seeds})
    assignment = fake_grader(data, config)[0].assignment
    desk = JobDesk(runner, config, assignment.dataset, assignment.holdout)
    outcome = Grader(assignment, desk).grade(submission(whole(network)), Watched())
    said = (outcome.findings, outcome.note, outcome.log.decode(), outcome.sealed_log.decode())
    assert outcome.verdict is Verdict.GRADED, said
    return outcome


@pytest.mark.parametrize("kind", STOCK)
def test_a_network_of_keras_own_parts(runner: SandboxRunner, colours: TinyData, kind: str) -> None:
    replay = graded(runner, colours, STOCK[kind]).replay
    assert replay is not None
    assert replay.replayed is True, replay.reason


@pytest.mark.parametrize("kind", OWN_LAYERS)
def test_a_network_with_parts_of_ones_own(
    runner: SandboxRunner, colours: TinyData, kind: str
) -> None:
    replay = graded(runner, colours, OWN_LAYERS[kind]).replay
    assert replay is not None
    assert replay.replayed == "not possible"


@pytest.mark.parametrize("kind", MADE_ANEW)
def test_a_network_that_is_made_anew_from_the_same_seed(
    runner: SandboxRunner, colours: TinyData, kind: str
) -> None:
    outcome = graded(runner, colours, MADE_ANEW[kind], runs=2)
    assert len(outcome.runs) == 2  # the second one has a seed of its own
    assert min(run.metrics.accuracy for run in outcome.runs) > 0.7


@pytest.mark.parametrize("kind", STATE_ELSEWHERE)
def test_a_network_that_keeps_something_outside_of_its_weights(
    runner: SandboxRunner, colours: TinyData, kind: str
) -> None:
    """What is in no weight is gone when the network is built again; the student is told."""
    outcome = taken_all_the_way(runner, colours, STATE_ELSEWHERE[kind])
    assert [finding.rule for finding in outcome.findings] == ["not-in-the-weights"]
    assert outcome.holdout is not None
    assert outcome.holdout.accuracy < outcome.history[-1].validation_accuracy


@pytest.mark.parametrize("kind", NESTED)
def test_a_network_whose_layers_hold_layers_or_add_to_the_loss(
    runner: SandboxRunner, colours: TinyData, kind: str
) -> None:
    graded(runner, colours, NESTED[kind])


@pytest.mark.parametrize("kind", NOISY)
def test_a_network_that_draws_in_predicting_has_forgotten_nothing(
    runner: SandboxRunner, colours: TinyData, kind: str
) -> None:
    graded(runner, colours, NOISY[kind])
