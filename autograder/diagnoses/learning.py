"""How well a network learnt that did learn: too much by heart, too little, which classes not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np

from autograder.diagnoses.symptoms import ALL_LEARNT, LEARNT, NOTABLE_GAP, Symptoms
from autograder.models import Diagnosis

_TIME_TO_LEARN = 5
_LARGE_BATCH = 64
_FEW_IMAGES = 5
_PAIRS_SHOWN = 3
_CLASSES_SHOWN = 3


def overfitting(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find a gap that further training would not close.

    Where more is missing in training itself than the gap, the network learns too little instead.
    """
    if not _is_overfitting(seen):
        return
    yield Diagnosis(
        "overfitting",
        "advice",
        "The network knows the images it was trained on far better than others: "
        f"{seen.accuracies}.{_turning_point(seen)} It learns by heart (overfitting).",
        "One change at a time: first vary the training images more (small rotations, shifts, "
        f"zooms, brightness), then try {_dropout_hint(seen)}. More epochs do not help.",
    )


def _is_overfitting(seen: Symptoms) -> bool:
    if not seen.epochs or seen.gap < NOTABLE_GAP:
        return False
    accuracy = seen.epochs[-1].accuracy
    if accuracy >= ALL_LEARNT:
        return True
    return not seen.still_improving and (seen.gap >= 1 - accuracy or seen.still_falling)


def _turning_point(seen: Symptoms) -> str:
    best = min(seen.epochs, key=lambda epoch: epoch.validation_loss)
    last = seen.epochs[-1]
    if last.validation_loss < 1.15 * best.validation_loss:
        return ""
    return (
        f" Its validation loss was lowest after epoch {best.epoch} ({best.validation_loss:.3g}) "
        f"and has risen to {last.validation_loss:.3g}."
    )


def _dropout_hint(seen: Symptoms) -> str:
    dense = [facts.layer for facts in seen.layers if facts.layer.kind == "Dense"]
    if any("Dropout" in facts.layer.kind for facts in seen.layers) or not dense:
        return "a little more dropout before the last Dense layer"
    largest = max(dense, key=lambda layer: sum(map(math.prod, layer.weight_shapes)))
    return f"Dropout(0.3) before {largest.name}, your largest Dense layer"


def underfitting(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find a network that does not know its training images well, or was still learning."""
    if not seen.epochs or _is_overfitting(seen):
        return
    last = seen.epochs[-1]
    if seen.is_unfinished:
        losses = ", ".join(f"{epoch.loss:.3g}" for epoch in seen.epochs[-3:])
        yield Diagnosis(
            "underfitting",
            "advice",
            "Training ended while the network was still learning (underfitting): "
            f"{seen.accuracies}, training loss lately {losses}.",
            _learn_more(seen),
        )
    elif max(last.accuracy, last.validation_accuracy) < LEARNT:
        yield Diagnosis(
            "underfitting",
            "advice",
            "The network does not even learn its training images well (underfitting): "
            f"{seen.accuracies}.",
            "One change at a time: first another learning rate (a third of what it is, then three "
            "times), then a milder augmentation or less dropout, then more filters.",
        )


def _learn_more(seen: Symptoms) -> str:
    plan, faster = seen.plan, "a learning rate that starts three times as high and decays"
    if len(seen.epochs) >= _TIME_TO_LEARN and seen.epochs[-1].loss > seen.guessing_loss / 2:
        return f"It learns very slowly. Try {faster}."
    if plan and not seen.budget_is_spent:
        paid = plan.budget_steps // plan.steps_per_epoch
        return f"Plan more epochs: you ask for {plan.epochs}, the budget pays for {paid}."
    ways = [faster]
    if not any("Normalization" in facts.layer.kind for facts in seen.layers):
        ways.insert(0, "BatchNormalization after each convolution")
    if plan and plan.batch_size > _LARGE_BATCH:
        ways.append("a smaller batch, which makes more steps of the same images")
    why = "The budget is used up, so each step has to teach more. " if plan else ""
    return f"{why}Try {', then '.join(ways)}."


def mirrored_classes(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find signs taken for their mirror image, which networks do not do unless taught to."""
    confusion = seen.confusion
    pairs = _mirror_pairs(seen.class_names)
    if confusion is None or not pairs:
        return
    mirrored = sum(int(confusion[a, b] + confusion[b, a]) for a, b in pairs)
    images = sum(int(confusion[[a, b]].sum()) for a, b in pairs)
    wrong = images - sum(int(confusion[a, a] + confusion[b, b]) for a, b in pairs)
    if mirrored >= 0.15 * images and mirrored > 0.5 * wrong:
        a, b = max(pairs, key=lambda pair: confusion[pair] + confusion[pair[::-1]])
        yield Diagnosis(
            "mirrored-classes",
            "mistake",
            f"{mirrored} of {images} signs that have a mirror image were taken for it, most of "
            f"them {seen.name(a)} and {seen.name(b)}. That is what a network learns if "
            "training images are flipped but keep their label.",
            "Take horizontal flips out of the augmentation, and rotations by more than about a "
            "tenth of a turn.",
        )


def _mirror_pairs(names: tuple[str, ...]) -> list[tuple[int, int]]:
    other = {"left": "right", "right": "left"}
    ids = {name: class_id for class_id, name in enumerate(names)}
    mirrored = (re.sub(r"\b(left|right)\b", lambda word: other[word[0]], name) for name in names)
    found = ((ids[name], ids.get(image, -1)) for name, image in zip(names, mirrored, strict=True))
    return [(a, b) for a, b in found if a < b]


def dead_classes(seen: Symptoms) -> Iterator[Diagnosis]:
    """Find classes never predicted; where half is wrong anyway, they are no wonder."""
    confusion = seen.confusion
    if confusion is None or seen.measured_accuracy < 0.5:
        return
    there, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    dead = [int(each) for each in np.flatnonzero((predicted == 0) & (there >= _FEW_IMAGES))]
    if not dead:
        return
    names = [f"{seen.name(each)}{_trained_on(seen, each)}" for each in dead[:_CLASSES_SHOWN]]
    more = f" and {len(dead) - len(names)} more" if len(dead) > len(names) else ""
    yield Diagnosis(
        "dead-classes",
        "advice",
        f"{len(dead)} of {len(there)} classes are never predicted, though they are among the "
        f"validation images: {', '.join(names)}{more}.",
        "Look at their augmented images: is what tells them from others still there? Classes with "
        "few images are learnt last, so they gain most from training that goes on longer.",
    )


def _trained_on(seen: Symptoms, class_id: int) -> str:
    if class_id >= len(seen.train_counts):
        return ""
    return f" ({seen.train_counts[class_id]} training images)"


def confused_pairs(seen: Symptoms) -> Iterator[Diagnosis]:
    """Name what is most often taken for what; there is nothing wrong with that."""
    confusion = seen.confusion
    if confusion is None:
        return
    errors = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-errors, axis=None, kind="stable")[:_PAIRS_SHOWN]
    pairs = [divmod(int(cell), len(errors)) for cell in order]
    shown = [
        f"{seen.name(a)} for {seen.name(b)} ({errors[a, b]} of {confusion[a].sum()})"
        for a, b in pairs
        if errors[a, b] > 1
    ]
    if shown:
        yield Diagnosis(
            "confused-pairs",
            "information",
            f"Most often mistaken on the validation images: {'; '.join(shown)}.",
            "Look at these images side by side. What would you tell them apart by, and does it "
            "survive pooling and augmentation?",
        )
