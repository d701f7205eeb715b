"""What diagnoses go by, gathered from what the stages before them left."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Labels
from autograder.diagnoses import LayerFacts, Symptoms
from autograder.leftovers import Trained
from autograder.metrics import read_predictions
from autograder.model_rules import Description
from autograder.models import Cost, Finding
from autograder.outcome import Outcome


def symptoms_of(
    description: Description,
    trained: Trained,
    outcome: Outcome,
    labels: Labels,
    class_names: tuple[str, ...],
) -> Symptoms:
    """Return what is known about a training; predictions that are none are left out."""
    classes = len(class_names)
    probes = len(description.untrained) // (4 * classes)
    return Symptoms(
        class_names=class_names,
        history=trained.history,
        plan=outcome.plan,
        layers=_with_costs(description.facts, outcome.cost),
        from_logits=description.from_logits,
        learning_rate=description.learning_rate,
        train_counts=labels.train_counts,
        labels=labels.validation,
        predictions=_usable(trained.validation, len(labels.validation), classes),
        untrained=_usable(description.untrained, probes, classes) if probes else None,
        augmented=description.augmented,
    )


def _with_costs(layers: tuple[LayerFacts, ...], cost: Cost | None) -> tuple[LayerFacts, ...]:
    costs = {one.layer: one.ms for one in (cost.layers if cost else ()) if one.part == "model"}
    return tuple(dataclasses.replace(facts, cost=costs.get(facts.layer.name)) for facts in layers)


def _usable(raw: bytes, count: int, classes: int) -> NDArray[np.float32] | None:
    predictions = read_predictions(raw, count, classes)
    return None if isinstance(predictions, Finding) else predictions
