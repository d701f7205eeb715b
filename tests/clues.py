"""Predicts labels from all that is known of images but what they show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

Labels = NDArray[np.int32]
_TRIALS = 12


def surprise(labels: Labels, others: Sequence[Labels] = ()) -> dict[str, float]:
    """Return how far above chance each way of predicting labels is, in standard deviations.

    Args:
        labels: Of the images, in their order.
        others: Labels of other splits that are known, in their order.

    Returns:
        For each classifier, trained on a random half and tested on the other, how much better it
        is than on labels in random order; the same of guessing the label that stands at some
        distance before, and of guessing the label that another split has at the same place.
    """
    clues = _clues(len(labels), others)
    classifiers = {
        "nearest place": KNeighborsClassifier(n_neighbors=1),
        "places around": KNeighborsClassifier(n_neighbors=9),
        "tree": DecisionTreeClassifier(random_state=1, max_depth=12),
    }
    rng = np.random.default_rng(1)
    found = {}
    for name, classifier in classifiers.items():
        columns = slice(0, 1) if isinstance(classifier, KNeighborsClassifier) else slice(None)
        hits = [
            _accuracy(classifier, clues[:, columns], shown, seed)
            for seed in range(_TRIALS)
            for shown in (labels, rng.permutation(labels))
        ]
        real, chance = np.array(hits[::2]), np.array(hits[1::2])
        spread = np.hypot(real.std(ddof=1), chance.std(ddof=1)) / np.sqrt(_TRIALS)
        found[name] = float((real.mean() - chance.mean()) / max(spread, 1e-9))
    found["distance"] = repeats(labels)
    for number, other in enumerate(others):
        found[f"same place in split {number}"] = _matches(labels, other)
    return found


def _clues(count: int, others: Sequence[Labels]) -> NDArray[np.float64]:
    """Return one row an image: its place, in many forms, and what other splits have there."""
    place = np.arange(count)
    columns = [place, *(place >> bit & 1 for bit in range(count.bit_length()))]
    columns += [place % number for number in (3, 5, 7, 10, 43, 64, 100)]
    columns += [other[place % len(other)] for other in others]
    return np.stack(columns, axis=1).astype(np.float64)


def _accuracy(classifier: object, clues: NDArray[np.float64], labels: Labels, seed: int) -> float:
    order = np.random.default_rng(seed).permutation(len(labels))
    known, asked = np.array_split(order, 2)
    classifier.fit(clues[known], labels[known])  # type: ignore[attr-defined]
    return float(classifier.score(clues[asked], labels[asked]))  # type: ignore[attr-defined]


def repeats(labels: Labels) -> float:
    """Return how much more often than by chance labels repeat at some distance, at the worst."""
    distances = range(1, len(labels) // 2)
    return max(_matches(labels[distance:], labels[:-distance]) for distance in distances)


def _matches(one: Labels, other: Labels) -> float:
    count = min(len(one), len(other))
    classes = int(max(one.max(), other.max())) + 1
    shares = [np.bincount(labels, minlength=classes) / len(labels) for labels in (one, other)]
    chance = float((shares[0] * shares[1]).sum())
    matches = float((one[:count] == other[:count]).mean())
    return (matches - chance) / max(float(np.sqrt(chance * (1 - chance) / count)), 1e-9)
