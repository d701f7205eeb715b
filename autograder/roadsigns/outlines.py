"""Reads the drawings: the few elements of SVG that they use, as polygons and lines.

Curves become chords once, when a file is read, so that a sign can be bent, stretched and painted by
moving points. Paths (``M L H V Q C A Z``, absolute, arcs of unturned ellipses), circles, rectangles
and groups are known, with ``translate``, ``scale`` and ``rotate``; anything else is an error.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Shape (n, 2): across and down."""
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
"""As SVG's ``matrix(a b c d e f)``: x becomes a x + c y + e, y becomes b x + d y + f."""

_SVG = "{http://www.w3.org/2000/svg}"
_STILL: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_CURVE_CHORDS = 6
# How far a chord may be from its arc, in units of the drawing.
_SAGITTA = 0.12
# C libraries disagree about the last bit of sines.
_DECIMALS = 4
_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "A": 7, "Z": 0}


@dataclass(frozen=True)
class Line:
    """A polygon, or a line of chords, around the origin of its part."""

    points: Points
    closed: bool


@dataclass(frozen=True)
class Shape:
    """One painted element; where lines of a filled shape overlap, it is not painted."""

    lines: tuple[Line, ...]
    fill: str | None
    stroke: str | None
    stroke_width: float
    round_caps: bool
    glyph: bool
    """Whether it is a numeral or a letter."""


@dataclass(frozen=True)
class Part:
    """One of the parts that `drawing` names, around an origin of its own.

    Attributes:
        points: Of all lines of all shapes, one after another, to move them at once.
        middles: For each point, the middle of its glyph; its own place if it is of no glyph.
    """

    name: str
    origin: Point
    shapes: tuple[Shape, ...]
    points: Points
    middles: NDArray[np.float64]
    turn_deg: float
    mirror_chance: float


@dataclass(frozen=True)
class _Style:
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1.0
    round_caps: bool = False
    glyph: bool = False

    def inherited_by(self, element: ET.Element) -> _Style:
        """Return the style of an element inside one of this style."""
        fill, stroke = element.get("fill", self.fill), element.get("stroke", self.stroke)
        return _Style(
            fill=None if fill == "none" else fill,
            stroke=None if stroke == "none" else stroke,
            stroke_width=float(element.get("stroke-width", self.stroke_width)),
            round_caps=self.round_caps or element.get("stroke-linecap") == "round",
            glyph=self.glyph or element.get("class") in ("numeral", "letter"),
        )


@functools.cache
def read(design: Path) -> tuple[Part, ...]:
    """Return the parts of a drawing in painting order.

    Raises:
        ValueError: It uses something of SVG that is not known here.
    """
    root = ET.fromstring(design.read_text(encoding="utf-8"))  # noqa: S314 - a file of this package
    return tuple(_part(element) for element in root if element.tag != f"{_SVG}title")


def _part(element: ET.Element) -> Part:
    a, b, c, d, x, y = _matrix(element.get("transform", ""))
    if (a, b, c, d) != _STILL[:4]:
        raise ValueError(f"the transform of #{element.get('id')} does more than to move it")
    still = ET.Element(element.tag, {k: v for k, v in element.items() if k != "transform"})
    still.extend(element)
    shapes = tuple(_shapes(still, _Style(), _STILL))
    lines = [line.points for shape in shapes for line in shape.lines]
    return Part(
        name=element.get("id", ""),
        origin=(x, y),
        shapes=shapes,
        points=np.concatenate(lines),
        middles=np.concatenate([_middles(shape) for shape in shapes]),
        turn_deg=float(element.get("data-turn-deg", "0")),
        mirror_chance=float(element.get("data-mirror", "0")),
    )


def _middles(shape: Shape) -> NDArray[np.float64]:
    across = np.concatenate([line.points[:, 0] for line in shape.lines])
    return np.full_like(across, (across.min() + across.max()) / 2) if shape.glyph else across


def _shapes(element: ET.Element, style: _Style, matrix: Matrix) -> Iterator[Shape]:
    style = style.inherited_by(element)
    matrix = _multiply(matrix, _matrix(element.get("transform", "")))
    if element.tag == f"{_SVG}g":
        for child in element:
            yield from _shapes(child, style, matrix)
        return
    scale = math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))
    yield Shape(
        lines=tuple(replace(line, points=_move(line.points, matrix)) for line in _lines(element)),
        fill=style.fill,
        stroke=style.stroke,
        stroke_width=round(style.stroke_width * scale, _DECIMALS),
        round_caps=style.round_caps,
        glyph=style.glyph,
    )


def _lines(element: ET.Element) -> list[Line]:
    name = element.tag.removeprefix(_SVG)
    if name == "path":
        return _path(element.get("d", ""))
    if name == "circle":
        x, y, r = (float(element.get(key, "0")) for key in ("cx", "cy", "r"))
        return _path(f"M{x - r} {y} A{r} {r} 0 0 1 {x + r} {y} A{r} {r} 0 0 1 {x - r} {y} Z")
    if name == "rect":
        x, y, w, h = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
        return _path(f"M{x} {y} H{x + w} V{y + h} H{x} Z")
    raise ValueError(f"a drawing uses <{name}>")


def _path(text: str) -> list[Line]:
    """Return the lines of a path's data."""
    lines: list[Line] = []
    points: list[Point] = []
    tokens, at, command = _TOKEN.findall(text), 0, ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        if command not in _NUMBERS:
            raise ValueError(f"a drawing uses {command!r} in a path")
        values = [float(token) for token in tokens[at : at + _NUMBERS[command]]]
        at += len(values)
        if command == "Z":
            lines.append(_line(points, closed=True))
            points = []
        elif command == "M":
            if points:
                lines.append(_line(points, closed=False))
            points, command = [(values[0], values[1])], "L"
        else:
            points += _segment(command, points[-1], values)
    if points:
        lines.append(_line(points, closed=False))
    return lines


def _line(points: list[Point], *, closed: bool) -> Line:
    if closed and len(points) > 1 and math.dist(points[0], points[-1]) < 10**-_DECIMALS:
        points = points[:-1]
    return Line(_rounded(np.array(points, np.float64)), closed)


def _segment(command: str, start: Point, values: list[float]) -> list[Point]:
    """Return the points after `start` of one segment."""
    if command == "H":
        return [(values[0], start[1])]
    if command == "V":
        return [(start[0], values[0])]
    end = (values[-2], values[-1])
    if command == "L":
        return [end]
    if command == "A":
        return _arc(start, end, (values[0], values[1]), bool(values[3]), bool(values[4]))
    controls = [start, *zip(values[::2], values[1::2], strict=True)]
    return [_bezier(controls, step / _CURVE_CHORDS) for step in range(1, _CURVE_CHORDS + 1)]


def _bezier(controls: list[Point], t: float) -> Point:
    """Return a point of a Bézier curve by de Casteljau's construction."""
    while len(controls) > 1:
        controls = [
            (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)
            for (x0, y0), (x1, y1) in itertools.pairwise(controls)
        ]
    return controls[0]


def _arc(start: Point, end: Point, radii: Point, large: bool, clockwise: bool) -> list[Point]:
    """Return points of an arc; see SVG 1.1, appendix F.6.5, for the way to its centre."""
    rx, ry = radii
    half_x, half_y = (start[0] - end[0]) / 2 / rx, (start[1] - end[1]) / 2 / ry
    length = half_x * half_x + half_y * half_y
    if length == 0:
        return []
    if length > 1:
        rx, ry = rx * math.sqrt(length), ry * math.sqrt(length)
        half_x, half_y = half_x / math.sqrt(length), half_y / math.sqrt(length)
        length = 1.0
    reach = math.sqrt((1 - length) / length) * (1 if large != clockwise else -1)
    to_x, to_y = reach * half_y, -reach * half_x
    first = math.atan2(half_y - to_y, half_x - to_x)
    sweep = math.atan2(-half_y - to_y, -half_x - to_x) - first
    if clockwise and sweep < 0:
        sweep += 2 * math.pi
    elif not clockwise and sweep > 0:
        sweep -= 2 * math.pi
    centre_x, centre_y = (start[0] + end[0]) / 2 + rx * to_x, (start[1] + end[1]) / 2 + ry * to_y
    chord = 2 * math.acos(max(0.0, 1 - _SAGITTA / max(rx, ry)))
    chords = max(1, math.ceil(round(abs(sweep) / chord, 6)))
    angles = [first + sweep * step / chords for step in range(1, chords)]
    return [(centre_x + rx * math.cos(a), centre_y + ry * math.sin(a)) for a in angles] + [end]


def _matrix(text: str) -> Matrix:
    matrix = _STILL
    for name, inside in re.findall(r"(\w+)\(([^)]*)\)", text):
        values = [float(token) for token in _TOKEN.findall(inside)]
        if name == "translate":
            step: Matrix = (1, 0, 0, 1, values[0], values[1])
        elif name == "scale":
            step = (values[0], 0, 0, values[-1], 0, 0)
        elif name == "rotate":
            cos, sin = math.cos(math.radians(values[0])), math.sin(math.radians(values[0]))
            step = (cos, sin, -sin, cos, 0, 0)
        else:
            raise ValueError(f"a drawing uses {name}()")
        matrix = _multiply(matrix, step)
    return matrix


def _multiply(one: Matrix, other: Matrix) -> Matrix:
    """Return the transform that does `other` first, then `one`."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j,
        a * k + c * m + e, b * k + d * m + f,
    )  # fmt: skip


def _move(points: Points, matrix: Matrix) -> Points:
    a, b, c, d, e, f = matrix
    x, y = points[:, 0], points[:, 1]
    return _rounded(np.stack([a * x + c * y + e, b * x + d * y + f], axis=1))


def _rounded(points: Points) -> Points:
    return np.asarray(np.round(points, _DECIMALS), np.float64)
