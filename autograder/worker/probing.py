"""Pictures that went through an augmentation, for the grader to find out what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.worker.arguments import Arguments, code_folder
from autograder.worker.contract import build_augmentation

_CHUNK = 16  # pictures at a time
_AGAIN = 8


def leave_probe(student: Any, a: Arguments) -> None:
    """Leave behind copies of the given card and sign, augmented, and what tells more about it.

    ``cards.f32`` and ``signs.f32`` as in training; ``again.f32``, the first cards once more under
    the same seed; ``inference.f32``, the first card put through with ``training=False``.
    """
    import numpy as np

    card, sign = (np.load(code_folder() / f"{name}.npy")[None] for name in ("card", "sign"))
    cards, signs = card.repeat(a.cards, axis=0), sign.repeat(a.signs, axis=0)
    _leave("cards", _run(build_augmentation(student, a), cards))
    _leave("again", _run(build_augmentation(student, a), cards[:_AGAIN]))
    _leave("signs", _run(build_augmentation(student, a), signs))
    _leave("inference", _run(build_augmentation(student, a), cards[:1], training=False))


def _run(augmentation: Any, images: Any, *, training: bool = True) -> list[Any]:
    import tensorflow as tf

    run = tf.function(lambda batch: augmentation(batch, training=training), autograph=False)
    batches = [images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK)]
    return [run(tf.cast(tf.constant(batch), tf.float32)).numpy() for batch in batches]


def _leave(name: str, batches: list[Any]) -> None:
    import numpy as np

    np.concatenate(batches).astype("<f4").tofile(Path(f"{name}.f32"))
