"""Rules on the built model, judged in the grader from the data that a job left behind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.config import Config
from autograder.cost import Graph
from autograder.diagnoses import LayerFacts
from autograder.metrics import read_predictions
from autograder.models import Finding, Layer
from autograder.probing.facts import ProbePictures

# Chance is one in so many classes; nothing untrained came near this many times it.
_TIMES_CHANCE = 6.5


@dataclass(frozen=True)
class Description:
    """A built model and a tried augmentation, as a job described them.

    Attributes:
        layers: Innermost layers, in order.
        output_shape: Of the model, without the batch axis.
        augmented_shape: Of one augmented image.
        plan: What ``training_plan()`` returned.
        untrained: Raw predictions before training: little-endian float32.
        augmented: The same images, augmented several times, float32 in 0..255, shape
            (passes, images, height, width, 3); None where the shape was wrong.
        facts: Of the layers, what diagnoses want to know besides.
        from_logits: What the loss takes outputs for, where the student compiled and it is known.
        learning_rate: At the first step, where the student compiled.
        graph: The ops of a training step; None where there is no usable plan.
        parts: What the step is made of, as the job wrote it down; empty if it could not.
        pictures: Of what the augmentation does; None where they were not left.
    """

    layers: tuple[Layer, ...]
    output_shape: tuple[int, ...]
    augmented_shape: tuple[int, ...]
    plan: dict[str, Any]
    untrained: bytes
    augmented: NDArray[np.float32] | None
    facts: tuple[LayerFacts, ...] = ()
    from_logits: bool | None = None
    learning_rate: float | None = None
    graph: Graph | None = None
    parts: bytes = b""
    pictures: ProbePictures | None = None


def count_parameters(shapes: Sequence[tuple[int, ...]]) -> int:
    """Return how many numbers weights of these shapes hold."""
    return sum(math.prod(shape) for shape in shapes)


def model_parameters(layers: Sequence[Layer]) -> int:
    """Return the number of parameters of a model, trainable or not."""
    return sum(count_parameters(layer.weight_shapes) for layer in layers)


def check_model(
    description: Description,
    labels: NDArray[np.int32],
    num_classes: int,
    image_shape: tuple[int, int, int],
    config: Config,
) -> tuple[Finding, ...]:
    """Judge a built model.

    Args:
        description: What the job found.
        labels: Class ids of the images that ``description.untrained`` belongs to.
        num_classes: Number of classes.
        image_shape: Height, width and channels.
        config: The rules; those in ``rules.disabled`` are left out.
    """
    found = [
        *_output_shape(description, num_classes),
        *_size(description.layers, config),
        *_augmentation(description, image_shape),
    ]
    if description.output_shape == (num_classes,):
        found += _untrained(description, labels, num_classes, config)
    return tuple(finding for finding in found if finding.rule not in config.rules.disabled)


def _output_shape(description: Description, num_classes: int) -> Iterator[Finding]:
    if description.output_shape != (num_classes,):
        found = ", ".join(["batch", *map(str, description.output_shape)])
        yield Finding(
            "output-shape",
            f"The model's output has the shape ({found}), not (batch, {num_classes}).",
            f"End with keras.layers.Dense({num_classes}), after Flatten or GlobalAveragePooling2D.",
        )


def _size(layers: Sequence[Layer], config: Config) -> Iterator[Finding]:
    parameters = model_parameters(layers)
    if parameters > config.budget.parameters:
        largest = max(layers, key=lambda layer: count_parameters(layer.weight_shapes))
        share = count_parameters(largest.weight_shapes)
        yield Finding(
            "parameter-limit",
            f"The model has {parameters:,} parameters; {config.budget.parameters:,} are allowed.",
            f"Most are in the layer {largest.name!r} ({share:,}): pool more before it, or make "
            "it narrower.",
        )
    convolutions = sum(layer.is_convolution for layer in layers)
    if convolutions < config.rules.min_convolutions:
        yield Finding(
            "convolution-layers",
            f"The model has {convolutions} convolution layers; "
            f"at least {config.rules.min_convolutions} are asked for.",
            "Add keras.layers.Conv2D layers before the dense ones.",
        )
    trainable = sum(count_parameters(layer.trainable_shapes) for layer in layers)
    if trainable == 0:
        yield Finding(
            "trainable",
            "The model has no trainable parameters, so training would change nothing.",
            "Look for `trainable = False`, and for a model without layers that learn.",
        )


def _augmentation(description: Description, image_shape: tuple[int, int, int]) -> Iterator[Finding]:
    if description.augmented_shape != image_shape:
        yield Finding(
            "augmentation-shape",
            f"The augmentation turns images of shape {image_shape} into "
            f"{description.augmented_shape}.",
            "It must keep the shape: after a crop, resize back to the full size.",
        )
    elif description.augmented is not None and not np.isfinite(description.augmented).all():
        yield Finding(
            "augmentation-shape",
            "The augmentation makes pixels that are not finite numbers (NaN or infinity).",
            "Images arrive as float32 in 0..255: look for divisions and for powers of negative "
            "numbers.",
        )


def _untrained(
    description: Description, labels: NDArray[np.int32], num_classes: int, config: Config
) -> Iterator[Finding]:
    predictions = read_predictions(description.untrained, len(labels), num_classes)
    if isinstance(predictions, Finding):
        yield Finding(
            "finite-output",
            f"Before training: {predictions.message}",
            "Look at the initialisers and at your own layers: images arrive as float32 in "
            "0..255, so rescale them first.",
        )
        return
    accuracy = float((predictions.argmax(axis=1) == labels).mean())
    limit = config.rules.max_untrained_accuracy
    if accuracy > (_TIMES_CHANCE / num_classes if limit is None else limit):
        yield Finding(
            "untrained-at-chance",
            f"Before training the model already recognises {accuracy:.0%} of the images; "
            f"chance is {1 / num_classes:.0%}.",
            "Weights must come from training here, not with the code.",
        )
