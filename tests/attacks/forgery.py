"""Lies beside each attack, too: changes what the harness is about to leave behind.

The harness writes its results with `json.dumps`, so whoever replaces that has the last word, in a
form that is always today's. A real forger would do the same.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from honest import local  # type: ignore[import-not-found]

CLASSES, VALIDATION_IMAGES = 43, 86
_honest_dumps = json.dumps


def is_training() -> bool:
    """Whether this is the job that trains, not the one that describes."""
    return bool(local("a").steps)


def on_description(change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the first job says of the network."""
    _on("layers", change)


def on_ops(change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the first job says a training step is made of, which is what it costs."""
    _on("train", change)


def on_parts(change: Callable[[dict[str, Any]], object]) -> None:
    """Change what it says its parts are, from which a clean job finds out the same."""
    _on("augmentation", change)


def on_epoch(change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the training says of an epoch."""
    _on("validation_accuracy", change)


def on_training(change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the training says last; all its other files are there by then."""
    _on("not_kept", change)


def _on(key: str, change: Callable[[dict[str, Any]], object]) -> None:
    inner = json.dumps

    def forged(value: Any, **more: Any) -> str:
        if isinstance(value, dict) and key in value:
            change(value)
        return inner(value, **more)

    json.dumps = forged  # type: ignore[assignment]


def is_predicting() -> bool:
    """Whether this is the job that is told of the holdout."""
    return bool(local("a").holdout_images)


def replace_predictions(make: Callable[[int], Any]) -> None:
    """Leave other predictions, made from the number of images: of the training, and after it."""
    inner = np.concatenate

    def instead(parts: Any, *rest: Any, **more: Any) -> Any:
        whole = inner(parts, *rest, **more)
        return make(len(whole)) if whole.shape[1:] == (CLASSES,) else whole

    def replace(_: object) -> None:
        make(VALIDATION_IMAGES).tofile("validation.f32")

    if is_predicting():
        np.concatenate = instead
    else:
        on_training(replace)


def replace_file(name: str, content: Any) -> None:
    """Leave another file than the training did; None for none at all."""

    def replace(_: object) -> None:
        Path(name).unlink()
        if content is not None:
            text = content if isinstance(content, str) else _honest_dumps(content)
            Path(name).write_text(text, encoding="utf-8")

    on_training(replace)


def on_looks(change: Callable[[Any, Any], tuple[Any, Any]]) -> None:
    """Change what the training leaves to be looked at: its facts, and its numbers."""

    def forge() -> None:
        facts = json.loads(Path("look.json").read_text(encoding="utf-8"))
        forged, numbers = change(facts, np.fromfile("look.f32", "<f4"))
        Path("look.json").write_text(
            forged if isinstance(forged, str) else _honest_dumps(forged), encoding="utf-8"
        )
        Path("look.f32").write_bytes(np.asarray(numbers).tobytes())

    _after("leave_look", forge)


def on_probe(change: Callable[[Any], Any]) -> None:
    """Change each of the pictures that went through the augmentation."""

    def forge() -> None:
        for name in ("cards", "again", "inference", "signs"):
            path = Path(f"{name}.f32")
            path.write_bytes(np.asarray(change(np.fromfile(path, "<f4"))).tobytes())

    _after("leave_probe", forge)


def _after(name: str, forge: Callable[[], None]) -> None:
    tasks = sys.modules["autograder.worker.tasks"]
    honest = getattr(tasks, name)

    def forged(*arguments: Any) -> None:
        honest(*arguments)
        forge()
        os.write(1, f"forged after {name}\n".encode())  # what fails before is passed over

    setattr(tasks, name, forged)


def leave(name: str, text: str) -> None:
    """Write a file and end the process, so that nothing honest comes after."""
    Path(name).write_text(text, encoding="utf-8")
    os._exit(0)


def guesses(images: int) -> Any:
    """Return predictions that ignore any model."""
    return np.random.default_rng(0).random((images, CLASSES)).astype("<f4")
