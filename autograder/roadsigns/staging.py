"""Stands a plate into the view: places in sign units become pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.plates import WHOLE, Face, Patch, Place, Plate
from autograder.roadsigns.textures import three

FloatImage = NDArray[np.float32]
Homography = tuple[float, ...]
"""From sign units to pixels of the view, row by row."""


def stand(plate: Plate, view: FloatImage, corners: list[Place]) -> None:
    """Paint a plate over the view, the sign's corners at these pixels."""
    homography = _homography(corners)
    for patch in plate.behind:
        _draw(patch, view, homography)
    if plate.neighbour:
        _lay(plate.neighbour, view, homography)
    _lay(plate.sign, view, homography)
    for patch in plate.before:
        _draw(patch, view, homography)


def _homography(corners: list[Place]) -> Homography:
    matrix = cv2.getPerspectiveTransform(np.array(WHOLE, np.float32), np.array(corners, np.float32))
    return tuple(round(value, 9) for value in matrix.ravel().tolist())


def _project(place: Place, homography: Homography) -> Place:
    """Return where a place of the sign is in the view."""
    x, y = place
    a, b, c, d, e, f, g, h, i = homography
    depth = g * x + h * y + i
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def _draw(patch: Patch, view: FloatImage, homography: Homography) -> None:
    places = (_project(corner, homography) for corner in patch.corners)
    points = np.array([(round(x), round(y)) for x, y in places], np.int32)
    cv2.fillConvexPoly(view, points, patch.colour)


def _lay(face: Face, view: FloatImage, homography: Homography) -> None:
    left, top, right, bottom = face.box
    (x0, y0), (x1, y1) = face.corners[0], face.corners[2]
    a, b, c, d, e, f, g, h, i = homography
    # To OpenCV, 0 is the middle of the first pixel.
    wide, high = (x1 - x0) / (right - left), (y1 - y0) / (bottom - top)
    x, y = x0 - (left - 0.5) * wide, y0 - (top - 0.5) * high
    depth = (g * wide, h * high, g * x + h * y + i)
    across = (a * wide, b * high, a * x + b * y + c)
    down = (d * wide, e * high, d * x + e * y + f)
    matrix = np.array([
        [v - 0.5 * w for v, w in zip(across, depth, strict=True)],
        [v - 0.5 * w for v, w in zip(down, depth, strict=True)],
        depth,
    ])  # fmt: skip
    seen = cv2.warpPerspective(face.image, matrix, (len(view), len(view)))
    view *= 1 - three(np.asarray(cv2.extractChannel(seen, 3), np.float32))
    view += cv2.cvtColor(seen, cv2.COLOR_RGBA2RGB)
