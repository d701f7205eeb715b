"""Draws a sign as one particular maker would have: edits the SVG, then makes pixels of it.

Every file in ``signs/`` is an SVG of 100 by 100 units with, in painting order, ``#edge`` (the pale
contour), ``#rim``, ``#field``, ``#pictogram`` and ``#bars`` (the strokes that end a restriction);
not every sign has all. Each part is drawn around an origin of its own that its ``transform`` moves
into place, so a transform appended to it changes the part without moving it. ``data-turn-deg`` on
a pictogram is how far it may be turned: makers disagree about keep-right arrows and roundabouts.
"""

from __future__ import annotations

import copy
import functools
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

from autograder.roadsigns.classes import CLASSES
from autograder.roadsigns.conditions import Manufacture
from autograder.roadsigns.distributions import Randomness, Uniform

SIGNS = Path(__file__).parent / "signs"

# The only colours that the files use for foil and ink.
RED, BLUE, YELLOW = "#c1121c", "#0e4c96", "#f5a800"
WHITE, BLACK, GREY = "#ffffff", "#151515", "#6e6e6e"
_SVG = "http://www.w3.org/2000/svg"

ET.register_namespace("", _SVG)


@dataclass(frozen=True)
class Variant:
    """One maker's sign: see `Manufacture` for the meaning and unit of each number."""

    colours: dict[str, str]
    rim_scale: float = 1.0
    field_scale: float = 1.0
    pictogram_scale: tuple[float, float] = (1.0, 1.0)
    pictogram_shift: tuple[float, float] = (0.0, 0.0)
    pictogram_turn: float = 0.0
    stroke_scale: float = 1.0


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
        stroke_scale=made.stroke_scale.draw(rng),
    )


def edit(design: Path, variant: Variant) -> str:
    """Return the SVG text of a drawing with a variant's edits."""
    root = copy.deepcopy(_read(design))
    for element in root.iter():
        for paint in ("fill", "stroke"):
            colour = element.get(paint)
            if colour in variant.colours:
                element.set(paint, variant.colours[colour])
        width = element.get("stroke-width")
        if width is not None and element.get("id") != "bars":
            element.set("stroke-width", f"{float(width) * variant.stroke_scale:.3f}")
    for part in root.iter():
        if part.get("id") == "rim":
            _append(part, f"scale({variant.rim_scale:.4f})")
        elif part.get("id") == "field":
            _append(part, f"scale({variant.field_scale:.4f})")
        elif part.get("id") == "pictogram":
            turn_deg = float(part.get("data-turn-deg", "0")) * variant.pictogram_turn
            across, down = variant.pictogram_shift
            width_scale, height_scale = variant.pictogram_scale
            _append(part, f"translate({across:.3f} {down:.3f})")
            _append(part, f"rotate({turn_deg:.2f}) scale({width_scale:.4f} {height_scale:.4f})")
    return ET.tostring(root, encoding="unicode")


def rasterise(svg: str, pixels: int) -> NDArray[np.uint8]:
    """Return an SVG as RGBA, shape (pixels, pixels, 4), alpha not multiplied in."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=pixels, height=pixels, skip_system_fonts=True)
    bgra = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert bgra is not None  # resvg wrote it
    return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA), np.uint8)


@functools.cache
def _read(design: Path) -> ET.Element:
    return ET.fromstring(design.read_text(encoding="utf-8"))  # noqa: S314 - a file of this package


def _append(part: ET.Element, transform: str) -> None:
    part.set("transform", f"{part.get('transform', '')} {transform}".strip())


def _draw_colours(rng: Randomness, made: Manufacture) -> dict[str, str]:
    red, blue, yellow = (foil.draw(rng) for foil in (made.red, made.blue, made.yellow))
    white, black, grey = (foil.draw(rng) for foil in (made.white, made.black, made.grey))
    return {
        RED: _hex(red, red * made.red_green.draw(rng), red * made.red_blue.draw(rng)),
        BLUE: _hex(blue * made.blue_red.draw(rng), blue * made.blue_green.draw(rng), blue),
        YELLOW: _hex(
            yellow, yellow * made.yellow_green.draw(rng), yellow * made.yellow_blue.draw(rng)
        ),
        WHITE: _hex(white, white, white),
        BLACK: _hex(black, black, black),
        GREY: _hex(grey, grey, grey),
    }


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in (red, green, blue))
