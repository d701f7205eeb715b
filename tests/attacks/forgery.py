"""Lies beside each attack, too: leaves the files that a job should leave, forged.

Each function writes them and ends the process, so that nothing honest comes after.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from honest import local  # type: ignore[import-not-found]

CLASSES, VALIDATION_IMAGES, HOLDOUT_IMAGES = 43, 86, 129
LAYER = {
    "name": "forged",
    "kind": "Conv2D",
    "is_convolution": True,
    "output_shape": [CLASSES],
    "weight_shapes": [[3, 3]],
    "trainable_shapes": [[3, 3]],
    "previous": None,
    "rate": None,
    "momentum": None,
}
EPOCH = {
    "epoch": 1,
    "step": 46,
    "loss": 0.0,
    "accuracy": 1.0,
    "validation_loss": 0.0,
    "validation_accuracy": 1.0,
}


def is_training() -> bool:
    """Whether this is the job that trains, not the one that describes."""
    return bool(local("a").steps)


def forge_description(**changes: Any) -> NoReturn:
    """Describe a network that passes every rule; with changes to its one layer or beside it."""
    layer = LAYER | {key: value for key, value in changes.items() if key in LAYER}
    description = {
        "layers": [layer],
        "output_shape": [CLASSES],
        "augmented_shape": [16, 16, 3],
        "plan": {"epochs": 1, "batch_size": 43},
        "compile": {"from_logits": None, "learning_rate": None},
    }
    description |= {key: value for key, value in changes.items() if key not in LAYER}
    guesses(VALIDATION_IMAGES).tofile("untrained.f32")
    leave({"description.json": description})


def forge_training(**files: Any) -> NoReturn:
    """Leave guesses as predictions, and what else a training leaves, with changes by file stem."""
    guesses(VALIDATION_IMAGES).tofile("validation.f32")
    guesses(HOLDOUT_IMAGES).tofile("holdout.f32")
    names = {"training": "training.json", "history": "history.jsonl"}
    names |= {"architecture": "architecture.json", "weights": "weights.json"}
    contents = {"training": {"weights_sha256": "0" * 64}, "history": EPOCH} | files
    leave({names[stem]: content for stem, content in contents.items()})


def leave(files: dict[str, Any]) -> NoReturn:
    """Write files, as JSON where they are no text, and end."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        Path(name).write_text(text, encoding="utf-8")
    os._exit(0)


def guesses(images: int) -> Any:
    """Return predictions that ignore any model."""
    return np.random.default_rng(0).random((images, CLASSES)).astype("<f4")
