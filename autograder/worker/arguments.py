"""What a task is told, and the arrays that come with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Arguments:
    """What a task is told.

    Attributes:
        module: Stem of the student's main module.
        image_size: Height and width of the images in pixels.
        num_classes: Number of classes.
        seed: Seed of everything random.
        train_images: uint8 array file, (count, size, size, 3).
        train_labels: int32 array file, (count,).
        validation_images: Like ``train_images``.
        validation_labels: Like ``train_labels``.
        holdout_images: Images to predict, told to no training; None to leave that out.
        corrupted_images: Likewise.
        probe_images: How many validation images to predict before training.
        augmented_images: How many training images to run the augmentation on.
        cards: How many copies of a test card to run it on; 0 leaves that out.
        signs: How many copies of the image of a sign.
        batch_size: Images a step.
        steps: Optimizer steps to make.
        steps_per_epoch: Optimizer steps that see each training image once.
        keep_quarters: Whether to leave the weights behind after each quarter of the steps, too.
        keep_bytes: How large the weights may be to be left behind.
        look: Whether to leave behind what the trained model makes of two validation images.
    """

    module: str
    image_size: int
    num_classes: int
    seed: int
    train_images: str
    train_labels: str
    validation_images: str
    validation_labels: str
    holdout_images: str | None = None
    corrupted_images: str | None = None
    probe_images: int = 0
    augmented_images: int = 0
    cards: int = 0
    signs: int = 0
    batch_size: int = 0
    steps: int = 0
    steps_per_epoch: int = 1
    keep_quarters: bool = False
    keep_bytes: int = 0
    look: bool = False


@dataclass(frozen=True)
class Data:
    """The arrays, mapped before anything of the student's runs: a failure here is not theirs.

    Attributes:
        train_images: uint8, (count, size, size, 3).
        train_labels: int32, (count,).
        validation_images: Like ``train_images``.
        validation_labels: Like ``train_labels``.
        holdout_images: Like ``train_images``, or None.
        corrupted_images: Likewise.
    """

    train_images: Any
    train_labels: Any
    validation_images: Any
    validation_labels: Any
    holdout_images: Any
    corrupted_images: Any

    @classmethod
    def open(cls, a: Arguments) -> Data:
        """Map the images, read the labels."""
        import numpy as np

        return cls(
            np.load(a.train_images, mmap_mode="r"),
            np.load(a.train_labels),
            np.load(a.validation_images, mmap_mode="r"),
            np.load(a.validation_labels),
            np.load(a.holdout_images, mmap_mode="r") if a.holdout_images else None,
            np.load(a.corrupted_images, mmap_mode="r") if a.corrupted_images else None,
        )


def prepare(arguments: Mapping[str, Any]) -> tuple[Arguments, Data]:
    """Do all that comes before the student's code; what fails here is never theirs.

    Args:
        arguments: Fields of `Arguments`.
    """
    a = Arguments(**arguments)
    return a, Data.open(a)


def code_folder() -> Path:
    """Return where the student's sources lie, and any other files that a task is given."""
    return Path.cwd().parent / "code"
