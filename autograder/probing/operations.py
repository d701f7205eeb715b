"""Takes an affine warp apart into what a person would call it: mirrored, turned, zoomed, sheared.

A warp has six numbers; a mirroring, a turn, two zooms, a shear and a shift have as many, in this
order: first mirrored, then sheared and zoomed, then turned, all around the middle, then shifted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Mirror = Literal["no", "left-right", "upside-down", "both"]
Matrix = NDArray[np.float64]

_FAR_DEG = 60.0


@dataclass(frozen=True)
class Pose:
    """What was done to the picture's geometry.

    Attributes:
        mirror: Which way it was mirrored.
        turn_deg: Clockwise, -180..180.
        zoom_across: Width as a factor: above 1 is nearer.
        zoom_down: Height as a factor.
        shear_deg: How far upright lines lean (or level ones, if that explains it with less).
        shift_across: Of the middle, to the right, in pixels.
        shift_down: Downwards.
    """

    mirror: Mirror
    turn_deg: float
    zoom_across: float
    zoom_down: float
    shear_deg: float
    shift_across: float
    shift_down: float

    @property
    def zoom(self) -> float:
        """Both zooms as one factor: the root of how the area grew."""
        return math.sqrt(self.zoom_across * self.zoom_down)


def take_apart(warps: Sequence[Matrix], size: int) -> tuple[Pose, ...]:
    """Return what each warp of a card does, told as simply as fits them all.

    Args:
        warps: Each of shape (2, 3), from points on the card to points in the picture.
        size: Height and width of both in pixels.
    """
    readings = [
        [_read(warp, size, leaning=leaning) for warp in warps] for leaning in ("upright", "level")
    ]
    simplest = min(readings, key=_complexity)
    return tuple(_mirrored_both_ways(_mirrored_one_way(simplest)))


def _read(warp: Matrix, size: int, *, leaning: str) -> Pose:
    middle = (size - 1) / 2
    shift = warp @ (middle, middle, 1) - middle
    linear = warp[:, :2]
    mirror: Mirror = "no"
    if np.linalg.det(linear) < 0:
        # A mirroring upside down is one from left to right and half a turn: whichever turns less.
        across, down = linear * (-1, 1), linear * (1, -1)
        mirror = "left-right" if abs(_turn(across)) <= abs(_turn(down)) else "upside-down"
        linear = across if mirror == "left-right" else down
    if leaning == "upright":
        turn, zoom_across, zoom_down, shear = _level_rows(linear)
    else:
        turn, zoom_down, zoom_across, shear = _level_rows(linear[::-1, ::-1])
        turn = -turn
    numbers = (math.degrees(turn), zoom_across, zoom_down, math.degrees(math.atan(shear)))
    return Pose(mirror, *numbers, float(shift[0]), float(shift[1]))


def _turn(linear: Matrix) -> float:
    """Return the angle of the rotation that comes nearest to a linear map (polar decomposition)."""
    return math.atan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])


def _level_rows(linear: Matrix) -> tuple[float, float, float, float]:
    """Return (turn, zoom along the first axis, along the second, shear): a QR decomposition."""
    turn = math.atan2(linear[1, 0], linear[0, 0])
    first = math.hypot(linear[0, 0], linear[1, 0])
    second = float(np.linalg.det(linear)) / first
    lean = float(linear[:, 0] @ linear[:, 1]) / first
    return turn, first, second, lean / second


def _complexity(poses: Sequence[Pose]) -> float:
    return sum(min(abs(pose.turn_deg), 90) + abs(pose.shear_deg) for pose in poses)


def _mirrored_one_way(poses: Sequence[Pose]) -> Sequence[Pose]:
    """Tell one mirroring from the other only where turns are too small to make up for it."""
    mirrored = [pose.mirror for pose in poses if pose.mirror != "no"]
    turns = [abs(pose.turn_deg) for pose in poses if pose.mirror == "no"]
    if not mirrored or max(turns, default=0.0) < _FAR_DEG:
        return poses
    usual = max(mirrored, key=mirrored.count)
    return [
        replace(pose, mirror=usual, turn_deg=pose.turn_deg % 360 - 180)
        if pose.mirror not in {"no", usual}
        else pose
        for pose in poses
    ]


def _mirrored_both_ways(poses: Sequence[Pose]) -> Sequence[Pose]:
    """Tell half a turn as two mirrorings where nothing is turned by anything between."""
    turns = [abs(pose.turn_deg) for pose in poses]
    if max(turns, default=0) < 135 or any(45 < turn < 135 for turn in turns):
        return poses
    return [
        replace(pose, mirror="both", turn_deg=pose.turn_deg % 360 - 180)
        if abs(pose.turn_deg) >= 135 and pose.mirror == "no"
        else pose
        for pose in poses
    ]
