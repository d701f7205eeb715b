"""Asks for jobs and understands what is left of them: describe a submission, train it, replay."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.config import Config
from autograder.corrupted import CorruptedImages
from autograder.cost import Graph
from autograder.datasets import Dataset, Holdout
from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending, Job, JobResult, Limits, OutputFile
from autograder.leftovers import (
    PREDICTED,
    QUARTERS,
    Quarter,
    Trained,
    read_calibration,
    read_description,
    read_quarter,
    read_replay,
    read_training,
)
from autograder.looks import LOOK_IMAGES, look_files
from autograder.model_rules import Description
from autograder.models import ResourceUse, Submission, TrainingPlan
from autograder.pricing import OPS, OPS_FILE, PARTS_FILE, read_graph
from autograder.rates import CALIBRATION_STEP_MS
from autograder.replay import Replayed, output_files
from autograder.runner import OnProgress, Runner
from autograder.verdicts import ERROR_FILE, Failure, failure_of, unfinished

PROBE_IMAGES = 430
AUGMENTED_IMAGES = 32
_JSON_BYTES = 1 << 20
_GUARDS = {Ending.CPU_LIMIT, Ending.WALL_LIMIT}
# At home nothing is measured first, and nobody waits but the student.
_HOME_FACTOR = 2.0


@dataclass(frozen=True)
class Attempt:
    """A job's result, understood, what it cost, and what a stopped training completed."""

    result: Description | Graph | Trained | Replayed | Failure
    resources: ResourceUse
    log: bytes
    quarter: Quarter | None = None


class Trainer:
    """Runs the jobs of submissions on one data set.

    Args:
        runner: Where jobs run.
        config: The rules.
        dataset: The public splits.
        holdout: Its images go into training jobs, its labels never do; None at a student's.
        corrupted: Likewise; None if the rubric asks for none.
    """

    def __init__(
        self,
        runner: Runner,
        config: Config,
        dataset: Dataset,
        holdout: Holdout | None,
        corrupted: CorruptedImages | None = None,
    ) -> None:
        self._runner, self._config = runner, config
        self._dataset, self._holdout, self._corrupted = dataset, holdout, corrupted
        self.probe_images = min(PROBE_IMAGES, dataset.validation.count)
        self.augmented_images = min(AUGMENTED_IMAGES, dataset.train.count)
        self._calibrating = threading.Lock()
        self._host_factor = None if holdout else _HOME_FACTOR

    def stop(self) -> None:
        """End every job; whoever waits for one gets a RunnerClosedError."""
        self._runner.close()

    @property
    def host_factor(self) -> float:
        """CPU seconds of this machine that a reference second takes; measured when first asked for.

        Raises:
            JobInfrastructureError: It could not be measured.
        """
        with self._calibrating:
            if self._host_factor is None:
                self._host_factor = self._calibrate()
            return self._host_factor

    def _calibrate(self) -> float:
        # Whatever this machine is like, it gets that long.
        limits = Limits.for_work(self._config.limits, work_s=0.0, host_factor=_HOME_FACTOR)
        outputs = (OutputFile("calibration.json", _JSON_BYTES), ERROR_FILE)
        result = self._runner.run(Job("calibrate", self._arguments(), {}, limits, outputs))
        try:
            return read_calibration(result) / CALIBRATION_STEP_MS
        except ValueError as error:
            words = result.log.decode("utf-8", "replace")[-2000:]
            raise JobInfrastructureError(f"calibration {result.ending}: {words}") from error

    def _run(
        self, job: Job, on_progress: OnProgress | None = None, *, again: Job | None = None
    ) -> tuple[JobResult, ResourceUse]:
        """Run a job; if it is stopped for its time, run it, or ``again``, once more and alone.

        Not at home, where nobody else's jobs could have been the reason.

        Returns:
            The last result, and what it took in all.
        """
        result = self._runner.run(job, on_progress)
        used = _use(result)
        if result.ending in _GUARDS and self._holdout is not None:
            result = self._runner.run(again or job, on_progress, alone=True)
            used += _use(result)
        return result, used

    def describe(self, submission: Submission, *, probe: bool = False) -> Attempt:
        """Build the model and try the augmentation.

        Args:
            submission: Whose.
            probe: Whether to leave the pictures that `probing.examine` looks at, too.

        Returns:
            An attempt whose result is a `Description` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        from autograder.probing.pictures import (
            choose_sign,
            picture_bytes,
            probe_counts,
            probe_inputs,
        )

        size, classes = self._dataset.image_size, self._dataset.num_classes
        arguments = self._arguments() | {
            "probe_images": self.probe_images,
            "augmented_images": self.augmented_images,
            **(probe_counts(size) if probe else {}),
        }
        pixels = 2 * self.augmented_images * size * size * 3 * 4
        outputs: tuple[OutputFile, ...] = (
            OutputFile("description.json", _JSON_BYTES),
            # A wrong output shape is judged from the description; its bytes are not needed.
            OutputFile("untrained.f32", self.probe_images * classes * 4),
            OutputFile("augmented.f32", pixels),
            OPS_FILE,
            PARTS_FILE,
        )
        images = np.load(self._dataset.train.images, mmap_mode="r")
        sign, inputs = images[0], {}
        if probe:
            sign = choose_sign(images)
            inputs = probe_inputs(sign)
            outputs += tuple(OutputFile(*file) for file in picture_bytes(size).items())
        job = self._job("describe", arguments, submission, self._limits(), outputs)
        job = dataclasses.replace(job, inputs=inputs)
        result, used = self._run(job)
        understood = failure_of(result, submission, job.limits) or read_description(
            result, sign, self.augmented_images
        )
        return Attempt(understood, used, result.log)

    def price(
        self, submission: Submission, inputs: Mapping[str, bytes], batch_size: int
    ) -> Attempt:
        """Trace a training step in a job without the student's code.

        Args:
            submission: Whose training it is.
            inputs: From `autograder.pricing.inputs_of_pricing`.
            batch_size: Images a step.

        Returns:
            An attempt whose result is a `Graph` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        arguments = self._arguments() | {"batch_size": batch_size}
        job = Job("price", arguments, {}, self._limits(), (OPS_FILE, ERROR_FILE), inputs)
        result, used = self._run(job)
        graph = read_graph(result.outputs.get(OPS, b"")) or unfinished(OPS)
        return Attempt(failure_of(result, submission, job.limits) or graph, used, result.log)

    def train(
        self,
        submission: Submission,
        plan: TrainingPlan,
        on_progress: OnProgress | None = None,
        seed: int | None = None,
        *,
        look: bool = False,
    ) -> Attempt:
        """Train as planned and predict.

        Args:
            submission: What to train.
            plan: For how long.
            on_progress: Told how it goes.
            seed: Of everything random; that of the rules by default.
            look: Whether to have a look at what the network makes of two images.

        Returns:
            An attempt whose result is `Trained` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        # Half of what it may write; the student's own files need room as well.
        keep_bytes = self._config.limits.disk_mib << 19 if self._holdout else 0
        arguments = self._arguments() | {
            "batch_size": plan.batch_size,
            "steps": plan.steps,
            "steps_per_epoch": plan.steps_per_epoch,
            "keep_bytes": keep_bytes,
            "look": look,
            **self._predicted_images(),
        }
        if seed is not None:
            arguments["seed"] = seed
        looks = look_files(self._dataset.num_classes)
        outputs = (
            OutputFile("history.jsonl", _JSON_BYTES),
            OutputFile("training.json", _JSON_BYTES),
            *self._prediction_files(),
            *output_files(keep_bytes),
            *(looks if look else ()),
        )
        limits = self._limits(plan.used_s + self._prediction_s(plan, LOOK_IMAGES))
        # A look, which not every run is asked for, leaves room for the files of the student's own.
        room_mib = math.ceil(sum(file.max_bytes for file in looks) / 2**20)
        roomy = dataclasses.replace(limits, disk_mib=limits.disk_mib + room_mib)
        job = self._job("train", arguments, submission, roomy, outputs)
        result, used = self._run(job, on_progress, again=self._in_quarters(job))
        failure = failure_of(result, submission, limits)
        quarter = self._quarter(result, plan) if failure else None
        return Attempt(failure or read_training(result), used, result.log, quarter)

    def _in_quarters(self, job: Job) -> Job:
        """Return a training that also leaves predictions after each quarter of its steps."""
        files = {file.name: file for file in self._prediction_files()}
        more = tuple(
            OutputFile(f"{name}-{number}.f32", files[f"{name}.f32"].max_bytes)
            for number in QUARTERS
            for name in PREDICTED
        )
        arguments = {**job.arguments, "keep_quarters": True}
        return dataclasses.replace(job, arguments=arguments, outputs=(*job.outputs, *more))

    def _quarter(self, result: JobResult, plan: TrainingPlan) -> Quarter | None:
        if result.ending not in _GUARDS:
            return None
        sizes = {
            name: count * self._dataset.num_classes * 4
            for name, count in self._counts().items()
            if count
        }
        return read_quarter(result, plan.steps, sizes)

    def replay(
        self, submission: Submission, plan: TrainingPlan, inputs: Mapping[str, bytes]
    ) -> Attempt:
        """Predict with a trained model again, in a job without the student's code.

        Args:
            submission: Whose model it is.
            plan: Of its training.
            inputs: From `autograder.replay.inputs_of_replay`.

        Returns:
            An attempt whose result is `Replayed` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        arguments = self._arguments() | self._predicted_images()
        limits = self._limits(self._prediction_s(plan))
        outputs = (OutputFile("layers.json", _JSON_BYTES), *self._prediction_files(), ERROR_FILE)
        job = Job("replay", arguments, {}, limits, outputs, inputs)
        result, used = self._run(job)
        failure = failure_of(result, submission, limits)
        return Attempt(failure or read_replay(result), used, result.log)

    def _limits(self, work_s: float = 0.0) -> Limits:
        return Limits.for_work(self._config.limits, work_s, self.host_factor)

    def _prediction_s(self, plan: TrainingPlan, more: int = 0) -> float:
        """Return the reference seconds of predicting all there is at the end, and more images.

        They guard the job; the student's budget does not pay for them.
        """
        images = sum(self._counts().values()) + more
        return plan.validation_s * images / self._dataset.validation.count

    def _counts(self) -> dict[str, int]:
        """Return how many images are predicted at the end, for each of `PREDICTED`."""
        counts = (part.count if part else 0 for part in (self._holdout, self._corrupted))
        return dict(zip(PREDICTED, (self._dataset.validation.count, *counts), strict=True))

    def _predicted_images(self) -> dict[str, str | None]:
        return {
            "holdout_images": str(self._holdout.images) if self._holdout else None,
            "corrupted_images": str(self._corrupted.images) if self._corrupted else None,
        }

    def _prediction_files(self) -> tuple[OutputFile, ...]:
        # One number more than there should be, so that too many are told from just enough.
        return tuple(
            OutputFile(f"{name}.f32", (count * self._dataset.num_classes + 1) * 4)
            for name, count in self._counts().items()
        )

    def _arguments(self) -> dict[str, Any]:
        data = self._dataset
        return {
            "module": self._config.assignment.module,
            "image_size": data.image_size,
            "num_classes": data.num_classes,
            "seed": self._config.seeds.training,
            "train_images": str(data.train.images),
            "train_labels": str(data.train.labels),
            "validation_images": str(data.validation.images),
            "validation_labels": str(data.validation.labels),
        }

    @staticmethod
    def _job(
        task: str,
        arguments: dict[str, Any],
        submission: Submission,
        limits: Limits,
        outputs: tuple[OutputFile, ...],
    ) -> Job:
        sources = {file.name: file.text for file in submission.files}
        return Job(task, arguments, sources, limits, (*outputs, ERROR_FILE))


def _use(result: JobResult) -> ResourceUse:
    return ResourceUse(result.cpu_s, result.wall_s, result.peak_memory_mib)


def data_paths(
    dataset: Dataset, holdout: Holdout | None, corrupted: CorruptedImages | None = None
) -> tuple[Path, ...]:
    """Return the files that jobs may read: never a label of the holdout."""
    public = (dataset.train, dataset.validation)
    paths = [path for split in public for path in (split.images, split.labels)]
    return (*paths, *(part.images for part in (holdout, corrupted) if part))
