"""Mistakes: what is wrong whatever the assignment, and keeps a network from learning."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from autograder.diagnoses.symptoms import (
    Symptoms,
    are_probabilities,
    cross_entropy,
)
from autograder.models import Diagnosis

_SCALES = {"Rescaling", "Normalization", "BatchNormalization", "LayerNormalization",
           "GroupNormalization", "RMSNormalization", "UnitNormalization"}  # fmt: skip
_HARMLESS_FROM = 0.90
_NEARLY = 0.9
# Images in 0..255 reach 255 nearly always; scaled or standardised ones stay below this.
_SCALED_BELOW = 10


def augmentation_rescales(seen: Symptoms) -> Iterator[Diagnosis]:
    """Say so if training images have another range than all others."""
    if seen.augmented is None or not seen.augmented.size:
        return
    brightest = float(seen.augmented.max())
    if brightest < _SCALED_BELOW:
        yield Diagnosis(
            "augmentation-rescales",
            "mistake",
            f"After your augmentation no pixel is above {brightest:.3g}. The images that you are "
            "graded on do not pass through it and stay at 0..255, a range that the network was "
            "never trained on.",
            "Take the scaling out of the augmentation and make it the first layer of the model: "
            "Rescaling(1 / 255).",
        )


def inputs_not_rescaled(seen: Symptoms) -> Iterator[Diagnosis]:
    """Go by the loss before training, so that scaling which is no layer counts as well."""
    kinds = {facts.layer.kind for facts in seen.layers}
    if seen.untrained is None or seen.labels is None or not kinds or kinds & _SCALES:
        return
    if seen.history:
        first, last = seen.history[0], seen.history[-1]
        if first.loss < 1.5 * seen.guessing_loss or last.validation_accuracy >= _HARMLESS_FROM:
            return
    loss = cross_entropy(seen.untrained, seen.labels[: len(seen.untrained)])
    if loss > 2 * seen.guessing_loss:
        yield Diagnosis(
            "inputs-not-rescaled",
            "mistake",
            f"Before training the loss of your network is {loss:.3g}, although guessing costs "
            f"only {seen.guessing_loss:.2f}: pixels reach it as 0..255, and its first steps go "
            "into undoing that.",
            "Make Rescaling(1 / 255) the first layer, and change nothing else yet.",
        )


def outputs_misread(seen: Symptoms) -> Iterator[Diagnosis]:
    """Compare what the last layer gives with what the loss takes it for."""
    outputs = seen.untrained if seen.predictions is None else seen.predictions
    if outputs is None or not outputs.size:
        return
    if seen.from_logits is False and (outputs.min() < 0 or outputs.max() > 1.001):
        yield Diagnosis(
            "logits-as-probabilities",
            "mistake",
            "The loss takes the outputs of your network for probabilities, but they run from "
            f"{outputs.min():.3g} to {outputs.max():.3g}: they are logits.",
            'Give the last layer activation="softmax", or compile with '
            "SparseCategoricalCrossentropy(from_logits=True): one of them, not both.",
        )
    elif are_probabilities(outputs):
        yield from _second_softmax(seen)


def _second_softmax(seen: Symptoms) -> Iterator[Diagnosis]:
    # A softmax of probabilities makes no class more than e times as likely as another.
    floor = math.log(math.e + len(seen.class_names) - 1) - 1
    if _outputs_are_flat(seen):
        last = seen.history[-1]
        yield Diagnosis(
            "softmax-twice",
            "mistake",
            "The outputs of your network pass through softmax twice. That keeps all classes "
            f"about equally likely: the loss cannot fall below {floor:.2f}, and after epoch "
            f"{last.epoch} it is {last.loss:.3g}.",
            "One softmax is enough: on the last layer, and no Softmax layer after it.",
        )
    elif seen.from_logits:
        yield Diagnosis(
            "softmax-and-logits",
            "advice",
            "Your model ends in a softmax, but its loss is told to expect logits "
            f"(from_logits=True). {_what_keras_did(seen, floor)}",
            "Leave out the softmax or from_logits=True, one of them.",
        )


def _what_keras_did(seen: Symptoms, floor: float) -> str:
    """Keras finds a softmax that is the last operation in the graph, so only while training."""
    if seen.history and seen.history[-1].loss < floor:
        return (
            "Keras noticed and trained it rightly. Only the validation loss shown, "
            f"{seen.history[-1].validation_loss:.3g}, went through a second softmax: do not go "
            "by it."
        )
    return (
        "Keras mostly notices that in training. Where it does not, the loss cannot fall below "
        f"{floor:.2f}."
    )


def _outputs_are_flat(seen: Symptoms) -> bool:
    """Tell whether a network that has learnt something still takes no class for likely."""
    if seen.predictions is None or not seen.history:
        return False
    least, most = seen.predictions.min(axis=1), seen.predictions.max(axis=1)
    has_learnt = seen.history[-1].accuracy > 3 / len(seen.class_names)
    return has_learnt and bool((most <= 1.001 * math.e * least).all())


def diverged(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find the first epoch whose loss is no number."""
    for epoch in seen.history:
        if not (math.isfinite(epoch.loss) and math.isfinite(epoch.validation_loss)):
            yield Diagnosis(
                "loss-nan",
                "mistake",
                f"From epoch {epoch.epoch} on the loss is no longer a number (NaN or infinity): "
                "training diverged.",
                f"{_slower(seen)} If that does not help, look for logarithms and divisions in "
                "layers or losses of your own.",
            )
            return


def at_chance(seen: Symptoms) -> Iterator[Diagnosis]:
    """Compare with luck: three standard deviations above the commonest class."""
    if not seen.epochs or seen.labels is None or not len(seen.labels):
        return
    last, count = seen.epochs[-1], len(seen.labels)
    share = np.bincount(seen.labels).max() / count
    by_luck = share + 3 * math.sqrt(share * (1 - share) / count)
    learns = last.accuracy > min(3 * share, (1 + share) / 2) and (
        last.loss < _NEARLY * seen.guessing_loss
    )
    if last.validation_accuracy > by_luck or learns:
        return
    slow = seen.still_falling and seen.history[0].loss < 1.2 * seen.guessing_loss
    yield Diagnosis(
        "at-chance",
        "mistake",
        f"After epoch {last.epoch} your network reads {last.validation_accuracy:.0%} of the "
        f"validation images rightly, no more than by guessing. Its loss is {last.loss:.3g}; "
        f"guessing costs {seen.guessing_loss:.2f}.",
        "The loss does fall, but slowly: try ten times the learning rate."
        if slow
        else f"{_slower(seen)} Then look at the last layer: one unit for each class, no relu.",
    )


def _slower(seen: Symptoms) -> str:
    rate = seen.learning_rate
    now = f" (it is {rate:.3g} now, so {rate / 10:.3g})" if rate else ""
    return f"Try a tenth of the learning rate first{now}."
