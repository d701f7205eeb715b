"""What a case of the matrix is: a tiny network with the rest of a submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Channels that fill no vector register; the maps reshape to sequences and to volumes.
SIZE, CHANNELS, CLASSES, BATCH_SIZE, STEPS = 8, 12, 5, 6, 2


def unchanged(layers: Any, x: Any) -> Any:
    return x


def momentum(keras: Any) -> Any:
    """Return an optimizer whose state holds the gradients, scaled by a power of two: all bits."""
    return keras.optimizers.SGD(0.125, momentum=0.5)


def cross_entropy(keras: Any) -> Any:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@dataclass(frozen=True)
class Case:
    """One tiny training.

    Attributes:
        family: Where it is counted.
        name: What it is about; with the family, it is told by this.
        network: From `keras.layers` and a tensor, float32 (batch, 8, 8, 12), to a tensor. Trained
            layers stand before and behind it.
        augmentation: Makes the layer that the images go through, from `keras.layers`.
        optimizer: Makes it, from `keras`.
        loss: Makes it, from `keras`.
        policy: Keras' dtype policy.
        portable: Whether it is to be the same on every CPU; else `autograder.portability` names it.
    """

    family: str
    name: str
    network: Callable[[Any, Any], Any] = unchanged
    augmentation: Callable[[Any], Any] | None = None
    optimizer: Callable[[Any], Any] = momentum
    loss: Callable[[Any], Any] = cross_entropy
    policy: str = "float32"
    portable: bool = True

    @property
    def id(self) -> str:
        return f"{self.family}: {self.name}"
