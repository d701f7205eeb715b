"""The student's side of the contract: import the module, build what it promises."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

from autograder.worker.arguments import Arguments
from autograder.worker.determinism import reseed


class ContractError(Exception):
    """A student's function returned something other than agreed."""


class Stage:
    """Names what was going on, for the error message."""

    name = "import"


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Say what is going on from here; an error keeps the name."""
    Stage.name = name
    yield


def import_student(a: Arguments) -> Any:
    """Return the student's module."""
    with stage("import"):
        reseed(a.seed)
        return importlib.import_module(a.module)


def build_model(student: Any, a: Arguments) -> Any:
    """Return the student's model, built."""
    import keras
    import numpy as np

    with stage("build_model"):
        reseed(a.seed)
        shape = (a.image_size, a.image_size, 3)
        model = student.build_model(shape, a.num_classes)
        if not isinstance(model, keras.Model):
            raise ContractError(f"build_model() returned {type(model).__name__}, not a keras.Model")
    with stage("model"):
        if not model.built:
            model(np.zeros((1, *shape), np.float32), training=False)
    return model


def build_augmentation(student: Any, a: Arguments) -> Any:
    """Return the student's augmentation, built."""
    import keras
    import numpy as np

    with stage("build_augmentation"):
        reseed(a.seed)
        augmentation = student.build_augmentation()
        if not isinstance(augmentation, keras.layers.Layer):
            raise ContractError(
                f"build_augmentation() returned {type(augmentation).__name__}, not a Keras layer; "
                "for no augmentation return keras.layers.Identity()"
            )
    with stage("augmentation"):
        augmentation(np.zeros((1, a.image_size, a.image_size, 3), np.float32), training=True)
    return augmentation


def training_plan(student: Any) -> dict[Any, Any]:
    """Return the student's plan, unchecked but for being a dict."""
    with stage("training_plan"):
        plan = student.training_plan()
        if not isinstance(plan, dict):
            raise ContractError(f"training_plan() returned {plan!r}, expected a dict")
    return plan
