"""Which operations turn the signs of one class into those of another.

Clean drawings of all classes are mirrored or turned as the augmentation does, and compared with the
drawings of all the others: where another class is met, training shows signs under a wrong label.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.probing.facts import Confusion, Operation, Probe

FloatImage = NDArray[np.float32]

SIDE = 32
_ALIKE = 0.95  # correlation from which on one drawing would be taken for the other
_CLOSER = 0.02  # and by so much more alike than it stays to its own class


def find_confusions(
    probe: Probe, drawings: Mapping[int, tuple[FloatImage, ...]]
) -> tuple[Confusion, ...]:
    """Return which of the operations that were seen change labels, the clearest pair first.

    Args:
        probe: What the augmentation does.
        drawings: Of each class: designs of its sign, RGBA in 0..1, shape (32, 32, 4), alpha
            multiplied in.
    """
    signs = [(class_id, design) for class_id, some in drawings.items() for design in some]
    class_ids = np.array([class_id for class_id, _ in signs])
    known = np.array([_fingerprint(design) for _, design in signs])
    found: dict[tuple[Operation, int], Confusion] = {}
    for operation, turn_deg in _movements(probe):
        moved = np.array([_fingerprint(_move(sign, operation, turn_deg)) for _, sign in signs])
        for (class_id, _), alike in zip(signs, moved @ known.T, strict=True):
            own, others = alike[class_ids == class_id].max(), alike * (class_ids != class_id)
            best = int(others.argmax())
            if others[best] < max(_ALIKE, own + _CLOSER):
                continue
            here = (operation, class_id)
            if here not in found or others[best] > found[here].alike:
                numbers = (turn_deg, class_id, int(class_ids[best]), float(others[best]))
                found[here] = Confusion(operation, *numbers)
    return tuple(sorted(found.values(), key=lambda one: (one.operation, -one.alike, one.class_id)))


def _movements(probe: Probe) -> list[tuple[Operation, float]]:
    """Return what to try: each mirroring that was seen, and turns up to the farthest, by 15."""
    mirrors: tuple[Operation, ...] = (
        "mirror left-right",
        "mirror upside-down",
        "mirror both ways",
    )
    movements = [(mirror, 0.0) for mirror in mirrors if probe.get(mirror)]
    turn = probe.get("turn")
    if turn:
        steps = [*np.arange(15, 181, 15)]
        movements += [("turn", float(deg)) for deg in steps if deg <= turn.high + 1]
        movements += [("turn", -float(deg)) for deg in steps if -deg >= turn.low - 1]
    return movements


def _move(design: FloatImage, operation: Operation, turn_deg: float) -> FloatImage:
    if operation == "mirror left-right":
        return design[:, ::-1]
    if operation == "mirror upside-down":
        return design[::-1]
    if operation == "mirror both ways":
        return design[::-1, ::-1]
    middle = (SIDE - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), -turn_deg, 1.0)
    return np.asarray(cv2.warpAffine(design, matrix, (SIDE, SIDE)), np.float32)


def _fingerprint(design: FloatImage) -> NDArray[np.float64]:
    """Return the sign before grey, as a unit vector: slightly out of focus, brightness left out."""
    shown = design[..., :3] + np.float32(0.5) * (1 - design[..., 3:])
    blurred = cv2.GaussianBlur(np.ascontiguousarray(shown), (0, 0), 0.8).astype(np.float64)
    vector = (blurred - blurred.mean()).ravel()
    return np.asarray(vector / math.sqrt(float(vector @ vector)))
