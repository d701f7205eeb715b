"""What a training suffers from, in the student's words; nothing is scored by it.

A rule speaks only where what it needs was measured, and is silent in doubt: a wrong hint costs a
student an evening. The limits come from trainings on the road signs, good ones and ones that were
spoilt on purpose. What a job reported may be forged; that misleads the forger alone.
"""

from __future__ import annotations

from autograder.diagnoses import learning, mistakes, structure
from autograder.diagnoses.symptoms import LayerFacts, Symptoms
from autograder.models import Diagnosis

__all__ = ["LayerFacts", "Symptoms", "diagnose"]

_SHOWN = 5
# Causes before what comes of them, the most useful first.
_RULES = (
    mistakes.augmentation_rescales,
    mistakes.inputs_not_rescaled,
    mistakes.outputs_misread,
    mistakes.diverged,
    mistakes.at_chance,
    structure.dropout,
    structure.dropout_before_normalisation,
    learning.mirrored_classes,
    structure.normalisation_behind,
    learning.overfitting,
    structure.model_too_large,
    learning.underfitting,
    structure.one_layer,
    learning.dead_classes,
    learning.confused_pairs,
)

_HOPELESS = {"loss-nan", "at-chance"}
_MISREAD = {"softmax-twice", "logits-as-probabilities"}
_DROPOUT = {"dropout-output", "dropout-input", "dropout-rate", "dropout-normalisation"}
_SPOILT_DATA = {"augmentation-rescales", "mirrored-classes"}
_SPOILT = _HOPELESS | _MISREAD | _DROPOUT | _SPOILT_DATA | {"normalisation-behind"}
# What follows from something else that was found is left out.
_FOLLOWS_FROM = {
    "inputs-not-rescaled": {"augmentation-rescales"},
    "at-chance": _MISREAD | {"loss-nan"},
    "mirrored-classes": _HOPELESS,
    "normalisation-behind": _HOPELESS | _DROPOUT | {"augmentation-rescales"},
    "overfitting": _SPOILT,
    "model-too-large": _SPOILT | {"inputs-not-rescaled", "overfitting"},
    "underfitting": _SPOILT | {"inputs-not-rescaled", "model-too-large"},
    "one-layer": _SPOILT | {"overfitting"},
    "dead-classes": _HOPELESS | _MISREAD | _SPOILT_DATA,
    "confused-pairs": _HOPELESS,
}


def diagnose(seen: Symptoms) -> tuple[Diagnosis, ...]:
    """Return what to tell the student, five things at most, the most useful first."""
    found = [diagnosis for rule in _RULES for diagnosis in rule(seen)]
    ids = {diagnosis.id for diagnosis in found}
    leading = [each for each in found if not ids & _FOLLOWS_FROM.get(each.id, set())]
    return tuple(leading[:_SHOWN])
