"""Asks for the jobs that describe a submission, price it and train it, and understands them.

None of them is told of the holdout: whatever they print, draw or raise, it shows none of it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from autograder.cost import Graph
from autograder.desk import GUARDS, JSON_BYTES, JobDesk
from autograder.jobs import Job, OutputFile
from autograder.leftovers import (
    QUARTERS,
    Quarter,
    Trained,
    quarter_file,
    read_description,
    read_quarter,
    read_training,
)
from autograder.looks import LOOK_IMAGES, look_files
from autograder.model_rules import Description
from autograder.models import ResourceUse, Submission, TrainingPlan
from autograder.pricing import OPS, OPS_FILE, PARTS_FILE, read_graph
from autograder.replay import output_files
from autograder.runner import OnProgress
from autograder.verdicts import Failure, failure_of, unfinished

PROBE_IMAGES = 430
AUGMENTED_IMAGES = 32
# Of any dtype.
_BYTES_PER_PARAMETER = 8


@dataclass(frozen=True)
class Attempt:
    """A job's result, understood, what it cost, and what a stopped training completed."""

    result: Description | Graph | Trained | Failure
    resources: ResourceUse
    log: bytes
    quarter: Quarter | None = None


class Trainer:
    """Takes submissions as far as a trained model."""

    def __init__(self, desk: JobDesk) -> None:
        self.desk = desk
        self._config, self._dataset = desk.config, desk.dataset
        self.probe_images = min(PROBE_IMAGES, desk.dataset.validation.count)
        self.augmented_images = min(AUGMENTED_IMAGES, desk.dataset.train.count)

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
        arguments = {
            "probe_images": self.probe_images,
            "augmented_images": self.augmented_images,
            **(probe_counts(size) if probe else {}),
        }
        pixels = 2 * self.augmented_images * size * size * 3 * 4
        outputs: tuple[OutputFile, ...] = (
            OutputFile("description.json", JSON_BYTES),
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
        limits = self.desk.limits()
        job = self.desk.job("describe", arguments, submission, limits, outputs, inputs=inputs)
        result, used = self.desk.run(job)
        understood = failure_of(result, submission, limits) or read_description(
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
        limits = self.desk.limits()
        arguments = {"batch_size": batch_size}
        job = self.desk.job("price", arguments, None, limits, (OPS_FILE,), inputs=inputs)
        result, used = self.desk.run(job)
        graph = read_graph(result.outputs.get(OPS, b"")) or unfinished(OPS)
        return Attempt(failure_of(result, submission, limits) or graph, used, result.log)

    def train(  # noqa: PLR0913 - what a training depends on
        self,
        submission: Submission,
        plan: TrainingPlan,
        parameters: int,
        on_progress: OnProgress | None = None,
        seed: int | None = None,
        *,
        look: bool = False,
    ) -> Attempt:
        """Train as planned and leave the model behind.

        Args:
            submission: What to train.
            plan: For how long.
            parameters: Of the model; what there has to be room for.
            on_progress: Told how it goes.
            seed: Of everything random; that of the rules by default.
            look: Whether to have a look at what the network makes of two images.

        Returns:
            An attempt whose result is `Trained` or a `Failure`.

        Raises:
            JobInfrastructureError: The job could not be run or was killed from outside.
        """
        keep_bytes = self._weight_bytes(parameters)
        arguments = {
            "batch_size": plan.batch_size,
            "steps": plan.steps,
            "steps_per_epoch": plan.steps_per_epoch,
            "keep_bytes": keep_bytes,
            "look": look,
        }
        if seed is not None:
            arguments["seed"] = seed
        looks = look_files(self._dataset.num_classes)
        outputs = (
            OutputFile("history.jsonl", JSON_BYTES),
            OutputFile("training.json", JSON_BYTES),
            self.desk.prediction_file("validation"),
            *output_files(keep_bytes),
            *(looks if look else ()),
        )
        predicted = self._dataset.validation.count + LOOK_IMAGES
        limits = self.desk.limits(plan.used_s + self.desk.prediction_s(plan, predicted))
        # What the worker leaves takes no room from the student's own files: a look, which not
        # every run is asked for, the weights, and those of the quarter before.
        room_bytes = sum(file.max_bytes for file in looks) + 2 * keep_bytes
        disk_mib = limits.disk_mib + math.ceil(room_bytes / 2**20)
        roomy = dataclasses.replace(limits, disk_mib=disk_mib)
        job = self.desk.job("train", arguments, submission, roomy, outputs)
        result, used = self.desk.run(job, on_progress, again=_in_quarters(job, keep_bytes))
        failure = failure_of(result, submission, limits)
        stopped = failure is not None and result.ending in GUARDS
        quarter = read_quarter(result, plan.steps) if stopped else None
        return Attempt(failure or read_training(result), used, result.log, quarter)

    def _weight_bytes(self, parameters: int) -> int:
        """Return how large the weights may be, whatever a description may have left out."""
        limits = self._config.limits
        least, most = limits.disk_mib << 19, limits.memory_mib << 18
        return min(max(_BYTES_PER_PARAMETER * parameters, least), most)


def _in_quarters(job: Job, keep_bytes: int) -> Job:
    """Return a training that also leaves its weights after each quarter of its steps."""
    more = tuple(OutputFile(quarter_file(number), keep_bytes) for number in QUARTERS)
    arguments = {**job.arguments, "keep_quarters": True}
    return dataclasses.replace(job, arguments=arguments, outputs=(*job.outputs, *more))
