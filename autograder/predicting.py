"""Who predicts what is scored: never a process that could tell anybody what it saw.

A training job is not told of the holdout. Where the model it leaves is made of stock Keras parts,
a clean job without the student's code builds it again and predicts. Any other model needs the
student's code, so a job that runs it gets the weights and the images, and nothing of what it says
reaches the student: not its log, not the words of an error, nothing but predictions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from autograder.desk import JSON_BYTES, JobDesk
from autograder.jobs import JobResult, OutputFile
from autograder.leftovers import PREDICTED, Trained, read_predicted, read_replay
from autograder.models import Finding, Layer, Replay, ResourceUse, Submission, TrainingPlan, Verdict
from autograder.replay import (
    Predictions,
    Replayed,
    Weights,
    compare,
    files_of_weights,
    inputs_of_replay,
)
from autograder.verdicts import Failure, failure_of

# A network that draws anew in predicting, too, has forgotten nothing.
_MAY_DIFFER = 0.02
_SAID_BY_THE_CODE = {"exception", "contract"}


@dataclass(frozen=True)
class Predicted:
    """The predictions that count, and how they came about.

    Attributes:
        result: The predictions; or how making them failed.
        replay: Whether the student's code was needed for them, and why; None if nobody asked.
        resources: Of all jobs that it took.
        log: What the student's code printed meanwhile; where there is a holdout, for staff alone.
    """

    result: Predictions | Failure
    replay: Replay | None
    resources: ResourceUse
    log: bytes = b""


@dataclass(frozen=True)
class Training:
    """The training of a model that is to predict: whose it is, its plan, and its seed."""

    submission: Submission
    plan: TrainingPlan
    seed: int


class Predictor:
    """Has trained models predict."""

    def __init__(self, desk: JobDesk) -> None:
        self._desk = desk

    def predict(self, training: Training, trained: Trained, judged: Sequence[Layer]) -> Predicted:
        """Have a trained model predict, without the student's code if that is possible.

        Args:
            training: How it was trained.
            trained: What the training left behind.
            judged: The layers that were judged before training.

        Raises:
            JobInfrastructureError: A job could not be run or was killed from outside.
        """
        weights = trained.model.weights
        if weights is None:
            return Predicted(_no_weights(trained.model.not_kept), None, ResourceUse())
        inputs = inputs_of_replay(trained.model)
        if isinstance(inputs, Replay):
            return self._with_own_code(training, weights, inputs, ResourceUse())
        replayed, used = self._replay(training, inputs)
        classes = self._desk.dataset.num_classes
        replay = compare(judged, trained.validation, replayed, classes)
        if isinstance(replayed, Replayed) and replay.replayed is True:
            return Predicted(replayed.predictions, replay, used)
        return self._with_own_code(training, weights, replay, used)

    def predict_unfinished(self, training: Training, weights: Weights) -> Predicted:
        """Have the model of a training that was stopped predict.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        return self._with_own_code(training, weights, None, ResourceUse())

    def _replay(
        self, training: Training, inputs: Mapping[str, bytes]
    ) -> tuple[Replayed | Failure, ResourceUse]:
        layers = OutputFile("layers.json", JSON_BYTES)
        result, used, failure = self._run("replay", training, inputs, layers)
        return failure or read_replay(result), used

    def _with_own_code(
        self, training: Training, weights: Weights, replay: Replay | None, used: ResourceUse
    ) -> Predicted:
        result, more, failure = self._run("predict", training, files_of_weights(weights))
        if failure and self._desk.has_holdout:
            failure = _withheld(failure)
        left = failure or read_predicted(result)
        return Predicted(left, replay, used + more, result.log)

    def _run(
        self,
        task: Literal["predict", "replay"],
        training: Training,
        inputs: Mapping[str, bytes],
        *more: OutputFile,
    ) -> tuple[JobResult, ResourceUse, Failure | None]:
        desk = self._desk
        code = training.submission if task == "predict" else None
        # The seed of the training, for the same network: a build may draw from it.
        arguments = {**desk.predicted_images(), "seed": training.seed}
        limits = desk.limits(desk.prediction_s(training.plan, sum(desk.counts().values())))
        outputs = (*map(desk.prediction_file, PREDICTED), *more)
        job = desk.job(task, arguments, code, limits, outputs, inputs=inputs)
        result, used = desk.run(job)
        return result, used, failure_of(result, training.submission, limits)


def forgotten(trained: bytes, predicted: bytes, num_classes: int) -> tuple[Finding, ...]:
    """Say whether a model predicts otherwise than right after its training.

    Args:
        trained: Predictions of the validation split, little-endian float32, from the training.
        predicted: Those of the model that was built again and given the weights.
        num_classes: Number of classes.
    """
    before, after = (
        np.frombuffer(raw, "<f4").reshape(-1, num_classes).argmax(axis=1)
        for raw in (trained, predicted)
    )
    if np.mean(before != after) <= _MAY_DIFFER:
        return ()
    finding = Finding(
        "not-in-the-weights",
        "Built again and given its trained weights, your network predicts otherwise than right "
        "after training. The score is that of the network that was built again.",
        "Keep what is learned in weights (`self.add_weight()`), not in other attributes, and let "
        "build_model() return the same network each time.",
    )
    return (finding,)


def _no_weights(why: str) -> Failure:
    finding = Finding(
        "no-weights",
        f"The training left no weights to predict with: {why or 'they are missing'}.",
        "Let the training end by itself, and keep to weights of usual types.",
    )
    return Failure(Verdict.INVALID_OUTPUT, (finding,))


def _withheld(failure: Failure) -> Failure:
    """Return a failure without the words, and the place, that the student's code chose.

    They could tell what the job saw: the images of the holdout.
    """
    said = [finding for finding in failure.findings if finding.rule in _SAID_BY_THE_CODE]
    if not said:
        return failure
    finding = dataclasses.replace(
        said[0],
        message="It trained, but failed when it was to predict with the trained weights.",
        location=None,
        hint="Run `autograder train` on your machine: there it says why. What it says beside the "
        "images of the holdout is withheld.",
    )
    return Failure(failure.verdict, (finding,), "sealed.log holds what it says.")
