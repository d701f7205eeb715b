"""Draws a sign as one particular maker would have made it.

Every file in ``signs/`` is an SVG of 100 by 100 units with, in painting order, ``#edge`` (the pale
contour), ``#rim``, ``#field``, ``#pictogram`` and ``#bars`` (the strokes that end a restriction);
not every sign has all. Each part is drawn around an origin of its own that its ``transform`` moves
into place, so that it can be changed without being moved. On a pictogram, ``data-turn-deg`` is how
far it may be turned (makers disagree about keep-right arrows and roundabouts) and ``data-mirror``
how often it is mirrored (pedestrians walk to the left or to the right).

A sign is painted by OpenCV's integer routines, on a canvas four times too fine: a third of a
millisecond, and the same bits on every machine.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from autograder.roadsigns.classes import CLASSES
from autograder.roadsigns.conditions import Manufacture
from autograder.roadsigns.distributions import Randomness, Uniform
from autograder.roadsigns.outlines import Part, Points, read

SIGNS = Path(__file__).parent / "signs"

# The only colours that the files use for foil, ink and lamps.
RED, BLUE, YELLOW, GREEN = "#c1121c", "#0e4c96", "#f5a800", "#0a8a5a"
WHITE, BLACK, GREY = "#ffffff", "#151515", "#6e6e6e"

_UNITS = 100
_FINER = 4
# OpenCV's fixed point: 1/16 of a canvas pixel.
_SHIFT = 4
# So many pixels OpenCV's lines are wider than they were asked to be.
_FATTER = 0.8
_Canvas = NDArray[np.uint8]
_Colour = tuple[int, int, int, int]


@dataclass(frozen=True)
class Variant:
    """One maker's sign: see `Manufacture` for the meaning and unit of each number."""

    colours: dict[str, str]
    rim_scale: float = 1.0
    field_scale: float = 1.0
    pictogram_scale: tuple[float, float] = (1.0, 1.0)
    pictogram_shift: tuple[float, float] = (0.0, 0.0)
    pictogram_turn: float = 0.0
    pictogram_lean: float = 0.0
    pictogram_bend: tuple[float, ...] = (0.0,) * 6
    glyph_width: float = 1.0
    stroke_scale: float = 1.0
    mirror: float = 1.0
    """Pictograms that are mirrored more often than this share are."""


AS_DRAWN = Variant(colours={})


@functools.cache
def designs(class_id: int) -> tuple[Path, ...]:
    """Return the drawings of a class: one, or more where old and new signs are about."""
    slug = CLASSES[class_id].slug
    files = SIGNS.glob(f"{class_id:02d}-{slug}*.svg")
    return tuple(sorted(files, key=lambda path: path.stem))


def draw_variant(rng: Randomness, made: Manufacture) -> Variant:
    """Return a sign as a maker drawn at random would make it."""
    scale, aspect = made.pictogram_scale.draw(rng), made.pictogram_aspect.draw(rng)
    return Variant(
        colours=_draw_colours(rng, made),
        rim_scale=made.rim_scale.draw(rng),
        field_scale=made.field_scale.draw(rng),
        pictogram_scale=(scale * aspect, scale),
        pictogram_shift=(made.pictogram_shift.draw(rng), made.pictogram_shift.draw(rng)),
        pictogram_turn=Uniform(-1.0, 1.0).draw(rng),
        pictogram_lean=made.pictogram_lean.draw(rng),
        pictogram_bend=tuple(made.pictogram_bend.draw(rng) for _ in range(6)),
        glyph_width=made.glyph_width.draw(rng),
        stroke_scale=made.stroke_scale.draw(rng),
        mirror=Uniform(0.0, 1.0).draw(rng),
    )


def draw(design: Path, variant: Variant, pixels: int) -> NDArray[np.uint8]:
    """Return a sign as RGBA, shape (pixels, pixels, 4), alpha not multiplied in."""
    parts = read(design)
    has_rim = any(part.name == "rim" for part in parts)
    # Pixels on the contour mix its colour with this one.
    ground = np.array((*_rgba(parts[0].shapes[0].fill or WHITE, variant)[:3], 0), np.uint8)
    side = pixels * _FINER
    canvas = np.full((side, side), ground.view(np.uint32)[0]).view(np.uint8).reshape(side, side, 4)
    for part in parts:
        _paint(canvas, part, _edit(part, variant, has_rim=has_rim), variant)
    while side > pixels:  # by halves: other ratios are slow
        side //= 2
        canvas = np.asarray(cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA))
    return canvas


def _edit(part: Part, variant: Variant, *, has_rim: bool) -> Points:
    """Return the points of a part where this maker has them."""
    if part.name == "pictogram":
        return _edit_pictogram(part, variant) + part.origin
    if part.name == "field" and has_rim:
        return part.points * variant.field_scale + part.origin
    if part.name in ("rim", "field"):
        return part.points * variant.rim_scale + part.origin
    return part.points + part.origin


def _edit_pictogram(part: Part, variant: Variant) -> Points:
    x, y = part.points[:, 0], part.points[:, 1]
    x = part.middles + (x - part.middles) * variant.glyph_width
    if variant.mirror < part.mirror_chance:
        x = -x
    u, v = x * (2 / _UNITS), y * (2 / _UNITS)
    a, b, c, d, e, f = (share * _UNITS / 2 for share in variant.pictogram_bend)
    uu, uv, vv = u * u, u * v, v * v
    bent_x = x + variant.pictogram_lean * y + a * uu + b * uv + c * vv
    bent_y = y + d * uu + e * uv + f * vv
    angle = math.radians(part.turn_deg * variant.pictogram_turn)
    cos, sin = round(math.cos(angle), 6), round(math.sin(angle), 6)
    x, y = bent_x * variant.pictogram_scale[0], bent_y * variant.pictogram_scale[1]
    edited = np.empty_like(part.points)
    edited[:, 0] = cos * x - sin * y + variant.pictogram_shift[0]
    edited[:, 1] = sin * x + cos * y + variant.pictogram_shift[1]
    return edited


def _paint(canvas: _Canvas, part: Part, points: Points, variant: Variant) -> None:
    """Paint a part, its points given in units of the drawing."""
    unit = canvas.shape[0] / _UNITS
    points = points * unit
    scale = unit
    if part.name == "pictogram":
        across, down = variant.pictogram_scale
        scale *= variant.stroke_scale * math.sqrt(across * down)
    done = 0
    for shape in part.shapes:
        lines = []
        for drawn in shape.lines:
            lines.append(points[done : done + len(drawn.points)])
            done += len(drawn.points)
        if shape.fill:
            colour = _rgba(shape.fill, variant)
            cv2.fillPoly(canvas, [_fixed(line) for line in lines], colour, cv2.LINE_8, _SHIFT)
        if shape.stroke:
            colour = _rgba(shape.stroke, variant)
            width = max(1, round(shape.stroke_width * scale - _FATTER))
            for placed, drawn in zip(lines, shape.lines, strict=True):
                butt = not (drawn.closed or shape.round_caps)
                _stroke(canvas, placed, width, colour, closed=drawn.closed, butt=butt)


def _stroke(  # noqa: PLR0913 - two are by keyword
    canvas: _Canvas, points: Points, width: int, colour: _Colour, *, closed: bool, butt: bool
) -> None:
    """Paint a line; OpenCV ends lines round, so what shall end square is squared here."""
    if butt:
        for end, towards in ((points[0], points[1]), (points[-1], points[-2])):
            _square(canvas, end, towards, width, colour)
        points = _shorten(_shorten(points, width / 2)[::-1], width / 2)
    if len(points) > 1:
        cv2.polylines(canvas, [_fixed(points)], closed, colour, width, cv2.LINE_8, _SHIFT)


def _square(canvas: _Canvas, end: Points, towards: Points, width: int, colour: _Colour) -> None:
    """Paint half a square at the end of a line."""
    at_x, at_y = end.tolist()
    x, y = towards.tolist()
    x, y = x - at_x, y - at_y
    length = math.sqrt(x * x + y * y)
    if length == 0:
        return
    x, y = x / length * width / 2, y / length * width / 2
    corners = [(-y, x), (y, -x), (y + x, y - x), (x - y, x + y)]
    square = np.array([(at_x + x, at_y + y) for x, y in corners])
    cv2.fillConvexPoly(canvas, _fixed(square), colour, cv2.LINE_8, _SHIFT)


def _shorten(points: Points, by: float) -> Points:
    """Return a line without its first so many pixels; what is too short shrinks to a point."""
    for index in range(len(points) - 1):
        (x, y), (next_x, next_y) = points[index : index + 2].tolist()
        next_x, next_y = next_x - x, next_y - y
        length = math.sqrt(next_x * next_x + next_y * next_y)
        if length > by:
            rest = points[index:].copy()
            rest[0] = x + next_x * (by / length), y + next_y * (by / length)
            return rest
        by -= length
    return points[-1:]


def _fixed(points: Points) -> NDArray[np.int32]:
    # Whole numbers are the middles of OpenCV's pixels.
    return np.rint((points - 0.5) * (1 << _SHIFT)).astype(np.int32)


def _rgba(colour: str, variant: Variant) -> _Colour:
    red, green, blue = bytes.fromhex(variant.colours.get(colour, colour)[1:])
    return red, green, blue, 255


def _draw_colours(rng: Randomness, made: Manufacture) -> dict[str, str]:
    red, blue, yellow = (foil.draw(rng) for foil in (made.red, made.blue, made.yellow))
    white, black, grey = (foil.draw(rng) for foil in (made.white, made.black, made.grey))
    green = made.green.draw(rng)
    return {
        RED: _hex(red, red * made.red_green.draw(rng), red * made.red_blue.draw(rng)),
        BLUE: _hex(blue * made.blue_red.draw(rng), blue * made.blue_green.draw(rng), blue),
        YELLOW: _hex(
            yellow, yellow * made.yellow_green.draw(rng), yellow * made.yellow_blue.draw(rng)
        ),
        GREEN: _hex(green * 0.1, green, green * made.green_blue.draw(rng)),
        WHITE: _hex(white, white, white),
        BLACK: _hex(black, black, black),
        GREY: _hex(grey, grey, grey),
    }


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in (red, green, blue))


@functools.cache
def clean_signs(pixels: int) -> Mapping[int, tuple[NDArray[np.float32], ...]]:
    """Return each class's designs as drawn, by class id.

    RGBA in 0..1, alpha multiplied in, shape (pixels, pixels, 4).
    """
    return {
        sign.id: tuple(_clean(design, pixels) for design in designs(sign.id)) for sign in CLASSES
    }


def _clean(design: Path, pixels: int) -> NDArray[np.float32]:
    rgba = draw(design, AS_DRAWN, pixels).astype(np.float32) / np.float32(255)
    rgba[..., :3] *= rgba[..., 3:]
    return rgba
