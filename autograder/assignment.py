"""What is the same for every submission of a batch: rules, data, checks, machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.config import Config
from autograder.corrupted import CorruptedImages, Part
from autograder.datasets import Dataset, Holdout
from autograder.errors import ConfigError
from autograder.models import Isolation
from autograder.reports.report import Environment
from autograder.roadsigns.classes import CLASSES
from autograder.rubric import AugmentationCriterion, CheckCriterion, MetricCriterion, RuleCriterion

_SIGNS = tuple(sign.name for sign in CLASSES)


@dataclass(frozen=True)
class Labels:
    """Class ids, in the grader only.

    Attributes:
        train_counts: How many training images each class has.
        validation: Of the validation split, int32, shape (count,).
        holdout: Of the holdout, likewise; None where the validation split is scored.
        scored_tracks: Of the split that is scored: equal where the same sign is shown.
        corrupted: What the corrupted images show; empty if the rubric asks for none.
    """

    train_counts: tuple[int, ...]
    validation: NDArray[np.int32]
    holdout: NDArray[np.int32] | None
    scored_tracks: NDArray[np.int32]
    corrupted: tuple[Part, ...] = ()

    @property
    def scored(self) -> NDArray[np.int32]:
        """Of the split that is scored."""
        return self.validation if self.holdout is None else self.holdout

    @property
    def corrupted_count(self) -> int:
        """Number of corrupted images."""
        return sum(len(part.places) for part in self.corrupted)


@dataclass(frozen=True)
class Assignment:
    """Rules, data and machine.

    Attributes:
        config: The rules.
        config_path: Where they came from; checks are relative to its folder.
        dataset: The public splits.
        holdout: The sealed split; None at a student's, where the validation split is scored.
        environment: What trainings run on.
        default_holdout: Whether anyone could build the same holdout.
        isolation: How jobs are confined.
        corrupted: Of the split that is scored; None if the rubric asks for none.
    """

    config: Config
    config_path: Path
    dataset: Dataset
    holdout: Holdout | None
    environment: Environment
    default_holdout: bool
    isolation: Isolation
    corrupted: CorruptedImages | None = None

    def __post_init__(self) -> None:
        """Refuse a rubric that asks for classes that the data set has not got."""
        for item in self.config.rubric:
            if isinstance(item, MetricCriterion):
                self._check_classes(item)
            if isinstance(item, AugmentationCriterion):
                self._check_drawings(item)

    def _check_classes(self, item: MetricCriterion) -> None:
        largest = self.dataset.num_classes - 1
        if item.family and not self.has_drawings:
            message = (
                f"criterion {item.id}: families are those of the 43 road signs, and the classes "
                "of this data set are others; use metric recall and name them in class_ids"
            )
            raise ConfigError(message, self.config_path)
        ids = item.class_ids if item.class_id is None else (item.class_id,)
        beyond = [class_id for class_id in ids if class_id > largest]
        if beyond:
            key = "class_ids" if item.class_ids else "class_id"
            message = f"criterion {item.id}: {key} {beyond[0]} is not in 0..{largest}"
            raise ConfigError(message, self.config_path)

    def _check_drawings(self, item: AugmentationCriterion) -> None:
        if item.augmentation.label_safe and not self.has_drawings:
            message = (
                f"criterion {item.id}: label_safe compares drawings of the 43 road signs, and the "
                "classes of this data set are others; leave it out"
            )
            raise ConfigError(message, self.config_path)

    @property
    def has_drawings(self) -> bool:
        """Whether there is a drawing of every class."""
        return self.dataset.class_names == _SIGNS

    @property
    def root(self) -> Path:
        """Folder of grading.yaml."""
        return self.config_path.resolve().parent

    @property
    def checks(self) -> tuple[str, ...]:
        """The instructor's checks that the rubric names."""
        rubric = self.config.rubric
        return tuple(item.check for item in rubric if isinstance(item, CheckCriterion))

    def load_labels(self) -> Labels:
        """Read the labels; only the grader may."""
        train = np.bincount(np.load(self.dataset.train.labels), minlength=self.dataset.num_classes)
        return Labels(
            train_counts=tuple(map(int, train)),
            validation=np.load(self.dataset.validation.labels),
            holdout=np.load(self.holdout.labels) if self.holdout else None,
            scored_tracks=np.load((self.holdout or self.dataset.validation).tracks),
            corrupted=self.corrupted.parts if self.corrupted else (),
        )

    def checks_digest(self) -> str:
        """Return a SHA-256 hex digest over the instructor's check files.

        Raises:
            ConfigError: One of them cannot be read.
        """
        digest = hashlib.sha256()
        for file in sorted({check.partition("::")[0] for check in self.checks}):
            try:
                digest.update(hashlib.sha256((self.root / file).read_bytes()).digest())
            except OSError as error:
                message = f"the rubric's check {file} cannot be read: {error.strerror}"
                raise ConfigError(message, self.config_path) from error
        return digest.hexdigest()


def scored_rules(config: Config) -> frozenset[str]:
    """Return the rules that cost points instead of rejecting."""
    rules = [item.rules for item in config.rubric if isinstance(item, RuleCriterion)]
    return frozenset(rule for some in rules for rule in some)
