"""What is known about a training, and what follows from it at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from autograder.models import Epoch, Layer, TrainingPlan

# A good training on the road signs ended with a gap of 0.05; stopped halfway, with 0.07.
NOTABLE_GAP = 0.10
LEARNT, ALL_LEARNT = 0.85, 0.95
# Of the loss two epochs earlier; 4,000 images measure it to within about 0.02.
_STILL_FALLING = 0.97
_IMPROVING = 0.01


@dataclass(frozen=True)
class LayerFacts:
    """What diagnoses want to know of a layer; None where it is not known or does not apply.

    Attributes:
        layer: As described.
        rate: Share that a dropout layer drops, 0..1.
        momentum: Of a batch normalisation's moving averages, 0..1.
        previous: Name of the one layer whose output it takes.
        cost: Reference milliseconds of a training step.
    """

    layer: Layer
    rate: float | None = None
    momentum: float | None = None
    previous: str | None = None
    cost: float | None = None


@dataclass(frozen=True, eq=False)
class Symptoms:
    """What is known about a training; whatever is missing silences the rules that need it.

    Attributes:
        class_names: Indexed by class id; two at least.
        history: As the job reported it.
        plan: What the budget made of the student's plan.
        layers: Of the model, in the order of the data.
        from_logits: What the student's cross-entropy takes the outputs for; None where the
            harness chose the loss, or it is another one.
        learning_rate: At the first step.
        train_counts: Training images of each class.
        labels: Of the validation split, shape (count,).
        predictions: On it after training, finite, shape (count, classes).
        untrained: On its first images before training, finite, shape (probes, classes).
        augmented: Some images as the training sees them, float32, any shape.
    """

    class_names: tuple[str, ...]
    history: tuple[Epoch, ...] = ()
    plan: TrainingPlan | None = None
    layers: tuple[LayerFacts, ...] = ()
    from_logits: bool | None = None
    learning_rate: float | None = None
    train_counts: tuple[int, ...] = ()
    labels: NDArray[np.int32] | None = None
    predictions: NDArray[np.float32] | None = None
    untrained: NDArray[np.float32] | None = None
    augmented: NDArray[np.float32] | None = None

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """The history without a last epoch that the budget cut down to a part."""
        cut = self.plan and self.plan.steps % self.plan.steps_per_epoch
        return self.history[:-1] if cut and len(self.history) > 1 else self.history

    @property
    def still_falling(self) -> bool:
        """Whether the training loss fell to the end, by more than chance; one epoch is no end."""
        losses = [epoch.loss for epoch in self.epochs[-3:]]
        if len(losses) < 2:
            return len(losses) == 1
        falling = all(later < earlier for earlier, later in pairwise(losses))
        return falling and losses[-1] < _STILL_FALLING * losses[0]

    @property
    def is_unfinished(self) -> bool:
        """Whether training ended while there was more to learn, and more was being learnt."""
        if not self.epochs:
            return False
        last = self.epochs[-1]
        learnt = last.accuracy >= ALL_LEARNT or last.validation_accuracy >= LEARNT
        return self.still_falling and not learnt

    @property
    def budget_is_spent(self) -> bool:
        """Whether the budget leaves no more than a few further steps."""
        return self.plan is not None and self.plan.budget_steps < 1.2 * self.plan.steps

    @property
    def gap(self) -> float:
        """How far validation accuracy is behind training accuracy, lately and at the end."""
        gaps = [epoch.accuracy - epoch.validation_accuracy for epoch in self.epochs[-3:]]
        return min(gaps[-1], sum(gaps) / len(gaps)) if gaps else 0.0

    @property
    def still_improving(self) -> bool:
        """Whether validation accuracy went on rising: last epochs against those before them."""
        accuracies = [epoch.validation_accuracy for epoch in self.epochs]
        few = min(3, len(accuracies) // 2)
        if few == 0:
            return True
        return sum(accuracies[-few:]) - sum(accuracies[-2 * few : -few]) > few * _IMPROVING

    @property
    def accuracies(self) -> str:
        """Where the training ended, in words."""
        if not self.epochs:
            return ""
        last = self.epochs[-1]
        return (
            f"training accuracy {last.accuracy:.2f}, validation accuracy "
            f"{last.validation_accuracy:.2f} after epoch {last.epoch}"
        )

    @property
    def guessing_loss(self) -> float:
        """Cross-entropy of a network that takes every class for equally likely."""
        return math.log(len(self.class_names))

    @property
    def confusion(self) -> NDArray[np.int64] | None:
        """How many validation images of class ``row`` were taken for class ``column``."""
        if self.predictions is None or self.labels is None:
            return None
        classes = len(self.class_names)
        cells = self.labels.astype(np.int64) * classes + self.predictions.argmax(axis=1)
        return np.bincount(cells, minlength=classes**2).reshape(classes, classes)

    @property
    def underconfidence(self) -> float:
        """How far the mean probability of predicted classes is below their accuracy."""
        return self.measured_accuracy - self.certainty

    @property
    def measured_accuracy(self) -> float:
        """Accuracy of the predictions on the validation split; 0 without any."""
        return 0.0 if self.confusion is None else self.confusion.trace() / self.confusion.sum()

    @property
    def certainty(self) -> float:
        """Mean probability of the predicted classes; 0 without any predictions."""
        if self.predictions is None:
            return 0.0
        return float(probabilities(self.predictions).max(axis=1).mean())

    def name(self, class_id: int) -> str:
        """Return a class as students know it: number and name."""
        return f"{class_id} {self.class_names[class_id]}"


def are_probabilities(outputs: NDArray[np.float32]) -> bool:
    """Tell whether every row is at least 0 and adds up to 1."""
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3))


def probabilities(outputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return outputs, shape (count, classes), as probabilities; logits go through a softmax."""
    wide = outputs.astype(np.float64)
    if are_probabilities(outputs):
        return wide
    powers = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def cross_entropy(outputs: NDArray[np.float32], labels: NDArray[np.int32]) -> float:
    """Return the mean cross-entropy of probabilities or logits, shape (count, classes).

    As in Keras, no probability counts as less than 1e-7.
    """
    right = probabilities(outputs)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, 1e-7)).mean())
