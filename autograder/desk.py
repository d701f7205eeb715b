"""Where jobs are asked for: what all those on one data set have in common."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.config import Config
from autograder.corrupted import CorruptedImages
from autograder.datasets import Dataset, Holdout
from autograder.errors import JobInfrastructureError
from autograder.jobs import Ending, Job, JobResult, Limits, OutputFile
from autograder.leftovers import PREDICTED, read_calibration
from autograder.models import ResourceUse, Submission, TrainingPlan
from autograder.rates import CALIBRATION_STEP_MS
from autograder.runner import OnProgress, Runner
from autograder.verdicts import ERROR_FILE

JSON_BYTES = 1 << 20
GUARDS = {Ending.CPU_LIMIT, Ending.WALL_LIMIT}
# At home nothing is measured first, and nobody waits but the student.
_HOME_FACTOR = 2.0


class JobDesk:
    """Makes the jobs on one data set, and has them run.

    Args:
        runner: Where jobs run.
        config: The rules.
        dataset: The public splits.
        holdout: Its images are for the jobs that predict them, its labels for none; None at a
            student's.
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
        self.config, self.dataset = config, dataset
        self.has_holdout = holdout is not None
        self._runner, self._holdout, self._corrupted = runner, holdout, corrupted
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
        limits = Limits.for_work(self.config.limits, work_s=0.0, host_factor=_HOME_FACTOR)
        outputs = (OutputFile("calibration.json", JSON_BYTES), ERROR_FILE)
        result = self._runner.run(Job("calibrate", self.arguments(), {}, limits, outputs))
        try:
            return read_calibration(result) / CALIBRATION_STEP_MS
        except ValueError as error:
            words = result.log.decode("utf-8", "replace")[-2000:]
            raise JobInfrastructureError(f"calibration {result.ending}: {words}") from error

    def run(
        self, job: Job, on_progress: OnProgress | None = None, *, again: Job | None = None
    ) -> tuple[JobResult, ResourceUse]:
        """Run a job; if it is stopped for its time, run it, or ``again``, once more and alone.

        Likewise if the kernel ended it, as it does where memory runs out. Not at home, where nobody
        else's jobs could have been the reason.

        Returns:
            The last result, and what it took in all.

        Raises:
            JobInfrastructureError: The job could not be run.
        """
        result = self._runner.run(job, on_progress)
        used = _use(result)
        if self.has_holdout and result.ending in GUARDS | {Ending.KILLED_FROM_OUTSIDE}:
            repeated = (again or job) if result.ending in GUARDS else job
            result = self._runner.run(repeated, on_progress, alone=True)
            used += _use(result)
        return result, used

    def job(  # noqa: PLR0913 - what a job is made of
        self,
        task: str,
        arguments: Mapping[str, Any],
        submission: Submission | None,
        limits: Limits,
        outputs: tuple[OutputFile, ...],
        *,
        inputs: Mapping[str, bytes] | None = None,
    ) -> Job:
        """Return a job that runs a submission's code, or nobody's, and may always say it failed."""
        sources = {file.name: file.text for file in submission.files} if submission else {}
        told = {**self.arguments(), **arguments}
        return Job(task, told, sources, limits, (*outputs, ERROR_FILE), inputs or {})

    def limits(self, work_s: float = 0.0) -> Limits:
        """Return the limits of a job that has so many reference seconds of work to do."""
        return Limits.for_work(self.config.limits, work_s, self.host_factor)

    def prediction_s(self, plan: TrainingPlan, images: int) -> float:
        """Return the reference seconds of predicting so many images.

        They guard the job; the student's budget does not pay for them.
        """
        return plan.validation_s * images / self.dataset.validation.count

    def counts(self) -> dict[str, int]:
        """Return how many images are predicted for the score, for each of `PREDICTED`."""
        counts = (part.count if part else 0 for part in (self._holdout, self._corrupted))
        return dict(zip(PREDICTED, (self.dataset.validation.count, *counts), strict=True))

    def predicted_images(self) -> dict[str, str | None]:
        """Return the arguments of a job that predicts for the score."""
        return {
            "holdout_images": str(self._holdout.images) if self._holdout else None,
            "corrupted_images": str(self._corrupted.images) if self._corrupted else None,
        }

    def prediction_file(self, name: str) -> OutputFile:
        """Return the file of the predictions of one of `PREDICTED`."""
        # One number more than there should be, so that too many are told from just enough.
        return OutputFile(f"{name}.f32", (self.counts()[name] * self.dataset.num_classes + 1) * 4)

    def arguments(self) -> dict[str, Any]:
        """Return what every job is told."""
        data = self.dataset
        return {
            "module": self.config.assignment.module,
            "image_size": data.image_size,
            "num_classes": data.num_classes,
            "seed": self.config.seeds.training,
            "train_images": str(data.train.images),
            "train_labels": str(data.train.labels),
            "validation_images": str(data.validation.images),
            "validation_labels": str(data.validation.labels),
        }


def _use(result: JobResult) -> ResourceUse:
    return ResourceUse(result.cpu_s, result.wall_s, result.peak_memory_mib)


def data_paths(
    dataset: Dataset, holdout: Holdout | None, corrupted: CorruptedImages | None = None
) -> tuple[Path, ...]:
    """Return the files that jobs may be told of: no label of the holdout."""
    public = (dataset.train, dataset.validation)
    paths = [path for split in public for path in (split.images, split.labels)]
    return (*paths, *(part.images for part in (holdout, corrupted) if part))
