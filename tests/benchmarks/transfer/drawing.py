"""Pictures: what is taken for what, and what that looks like, real and rendered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.classes import CLASSES
from autograder.roadsigns.drawing import AS_DRAWN, designs, draw
from tests.benchmarks.transfer.measuring import Reading

Picture = NDArray[np.uint8]
Examples = Callable[[int, int], Picture]
"""Takes a class and a count, returns up to so many rendered images, (count, size, size, 3)."""

_CELL, _GAP, _TILE = 22, 3, 64
_WORST, _EXAMPLES = 10, 6
_PAPER, _INK, _FAINT = (255, 255, 255), (40, 40, 40), (150, 150, 150)
_RIGHT, _WRONG = (31, 95, 168), (209, 73, 91)


def draw_confusion(reading: Reading, file: Path) -> None:
    """Draw a matrix with a sign for each row (what it is) and column (what was read).

    Blue is the share of a class that was read rightly, red a share taken for another class, whose
    percentage is written where it is at least one.
    """
    confusion = reading.confusion
    count, side = len(CLASSES), _CELL + _GAP
    picture = np.full((side * (count + 1) + _GAP, side * (count + 1) + _GAP, 3), _PAPER, np.uint8)
    signs = [_sign(class_id, _CELL) for class_id in range(count)]
    share = confusion / np.maximum(confusion.sum(1, keepdims=True), 1)
    for row in range(count):
        at = _GAP + side * (row + 1)
        picture[at : at + _CELL, _GAP : _GAP + _CELL] = signs[row]
        picture[_GAP : _GAP + _CELL, at : at + _CELL] = signs[row]
        for column in range(count):
            left = _GAP + side * (column + 1)
            cell = picture[at : at + _CELL, left : left + _CELL]
            cell[:] = _shade(float(share[row, column]), right=row == column)
            if row != column and share[row, column] >= 0.01:
                _write(cell, f"{100 * share[row, column]:.0f}", (2, 15), _INK, 0.36)
    _save(picture, file)


def draw_worst(reading: Reading, rendered: Examples, file: Path) -> None:
    """Draw a row for each of the ten worst classes.

    From left to right: the drawing and its recall, rendered signs of the class, photographs that
    were misread with what was read, and rendered signs of the class most often read instead.
    """
    rows = [_row(reading, class_id, recall, rendered) for class_id, recall in reading.worst(_WORST)]
    header = np.full((24, rows[0].shape[1], 3), _PAPER, np.uint8)
    titles = ("class", "rendered", "misread photographs", "rendered: what was read")
    for title, tiles in zip(titles, (0, 2, 2 + _EXAMPLES, 2 + 2 * _EXAMPLES), strict=True):
        _write(header, title, (tiles * (_TILE + _GAP) + _GAP, 17), _INK, 0.5)
    _save(np.concatenate([header, *rows]), file)


def _row(reading: Reading, class_id: int, recall: float, rendered: Examples) -> Picture:
    labels, read = reading.photographs.labels, reading.read
    wrong = np.flatnonzero((labels == class_id) & (read != class_id))
    wrong = wrong[np.argsort(-reading.certainty[wrong], kind="stable")][:_EXAMPLES]
    misread = []
    for index in wrong:
        tile = _enlarge(reading.photographs.images[index])
        tile[-20:, -20:] = _sign(int(read[index]), 20)
        misread.append(tile)
    others = reading.confusion[class_id].copy()
    others[class_id] = 0
    taken_for = rendered(int(others.argmax()), _EXAMPLES) if others.any() else ()
    tiles = [
        _sign(class_id, _TILE),
        _recall(recall, int((labels == class_id).sum())),
        *_six([_enlarge(image) for image in rendered(class_id, _EXAMPLES)]),
        *_six(misread),
        *_six([_enlarge(image) for image in taken_for]),
    ]
    return np.concatenate([_framed(tile) for tile in tiles], axis=1)


def _six(tiles: list[Picture]) -> list[Picture]:
    """Fill up with white tiles."""
    blank = np.full((_TILE, _TILE, 3), _PAPER, np.uint8)
    return tiles + [blank] * (_EXAMPLES - len(tiles))


def _recall(recall: float, photographs: int) -> Picture:
    tile = np.full((_TILE, _TILE, 3), _PAPER, np.uint8)
    _write(tile, f"{100 * recall:.0f}%", (4, 32), _INK, 0.6)
    _write(tile, f"of {photographs}", (4, 50), _FAINT, 0.4)
    return tile


def _sign(class_id: int, size: int) -> Picture:
    rgba = draw(designs(class_id)[0], AS_DRAWN, size).astype(np.float32)
    alpha = rgba[..., 3:] / 255
    return np.asarray(rgba[..., :3] * alpha + 255 * (1 - alpha), np.uint8)


def _shade(share: float, *, right: bool) -> Picture:
    full = np.array(_RIGHT if right else _WRONG, np.float32)
    # Few are confused: a tenth of a class is shown as strongly as its whole.
    strength = share if right else min(1.0, 10 * share) * 0.85
    if share == 0:
        return np.array((246, 246, 246), np.uint8)
    return np.asarray(255 - (255 - full) * max(strength, 0.06), np.uint8)


def _enlarge(image: Picture) -> Picture:
    return np.asarray(cv2.resize(image, (_TILE, _TILE), interpolation=cv2.INTER_CUBIC), np.uint8)


def _framed(tile: Picture) -> Picture:
    margin = ((_GAP, 0), (_GAP, 0), (0, 0))
    return np.pad(tile, margin, constant_values=255)


def _write(
    picture: Picture, text: str, at: tuple[int, int], colour: tuple[int, int, int], size: float
) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)


def _save(picture: Picture, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(file), np.ascontiguousarray(picture[..., ::-1])):
        raise OSError(f"{file}: cannot be written")
