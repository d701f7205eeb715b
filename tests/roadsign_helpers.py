"""Scenes for the tests of the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.bank import Bank
from autograder.roadsigns.conditions import COURSE, Conditions
from autograder.roadsigns.distributions import Dice
from autograder.roadsigns.simulator import film, sign_pixels


def dice(seed: int = 1) -> Dice:
    return Dice(np.random.default_rng(seed))


def bank(image_size: int = 32, conditions: Conditions = COURSE) -> Bank:
    pixels = sign_pixels(image_size)
    return Bank("test", "x", pixels=pixels, kept=None, made=conditions.manufacture)


def filmed(
    class_id: int, frames: int, seed: int, image_size: int = 32, conditions: Conditions = COURSE
) -> NDArray[np.uint8]:
    return film(class_id, frames, image_size, conditions, bank(image_size), dice(seed))


def edited(part: Any, change: Callable[[str, Any], Any]) -> Any:
    """Return conditions with each of their values replaced by `change(name, value)`."""
    values = {item.name: getattr(part, item.name) for item in fields(part)}
    return replace(part, **{
        name: edited(value, change) if _is_part(value) else change(name, value)
        for name, value in values.items()
    })  # fmt: skip


def _is_part(value: Any) -> bool:
    return is_dataclass(value) and not hasattr(value, "draw")


def only(**chances: Any) -> Conditions:
    """Return conditions of the course in which nothing happens by chance but this."""

    def change(name: str, value: Any) -> Any:
        return chances.get(name, 0.0 if name.endswith("_chance") else value)

    changed: Conditions = edited(COURSE, change)
    return changed
