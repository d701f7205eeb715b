"""Painting one maker's sign."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray

from autograder.roadsigns.classes import CLASSES, SignClass
from autograder.roadsigns.conditions import CONDITIONS, ConditionsName
from autograder.roadsigns.drawing import AS_DRAWN, SIGNS, WHITE, designs, draw, draw_variant
from autograder.roadsigns.outlines import read

ALL = sorted(SIGNS.glob("*.svg"))
PARTS = ("edge", "rim", "field", "pictogram", "bars")
SINGLE = {15}  # a ring with nothing in it


def on_grey(rgba: NDArray[np.uint8]) -> NDArray[np.float64]:
    alpha = rgba[..., 3:] / 255
    return np.asarray(rgba[..., :3] * alpha + 128 * (1 - alpha))


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(on_grey(one) - on_grey(other)).mean())


@pytest.mark.parametrize("design", ALL, ids=lambda path: path.stem)
def test_a_drawing_has_the_parts_in_painting_order(design: Path) -> None:
    names = [part.name for part in read(design)]
    assert names == [name for name in PARTS if name in names]
    assert {"edge", "field"} <= set(names)


@pytest.mark.parametrize("design", ALL, ids=lambda path: path.stem)
def test_it_is_painted_as_a_viewer_of_svg_would(design: Path) -> None:
    png = resvg_py.svg_to_bytes(svg_string=design.read_text(), width=96, height=96)
    seen = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert seen is not None
    rgba = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGRA2RGBA), np.uint8)
    # Numerals that were made narrow keep the width of their lines here.
    assert difference(rgba, draw(design, AS_DRAWN, 96)) < 6


@pytest.mark.parametrize("sign", CLASSES, ids=lambda sign: sign.slug)
def test_a_class_has_designs_that_differ(sign: SignClass) -> None:
    pictures = [draw(design, AS_DRAWN, 64) for design in designs(sign.id)]
    assert len(pictures) >= 2 or sign.id in SINGLE
    for one, other in combinations(pictures, 2):
        assert difference(one, other) > 0.4


def test_the_contour_mixes_its_own_colour_with_what_is_behind() -> None:
    rgba = draw(designs(12)[0], AS_DRAWN, 64)
    contour = rgba[(rgba[..., 3] > 0) & (rgba[..., 3] < 255)]
    assert len(contour) > 50
    assert (contour[:, :3] == list(bytes.fromhex(WHITE[1:]))).all()


def test_what_a_maker_changes_is_seen() -> None:
    changes = {
        "rim_scale": 0.95, "field_scale": 0.9, "pictogram_scale": (1.2, 0.9),
        "pictogram_shift": (2.0, 2.0), "pictogram_lean": 0.1, "pictogram_bend": (0.2,) * 6,
        "glyph_width": 0.8, "stroke_scale": 1.3,
    }  # fmt: skip
    plain = draw(designs(5)[0], AS_DRAWN, 64)
    for name, value in changes.items():
        changed = replace(AS_DRAWN, **{name: value})  # type: ignore[arg-type]
        assert difference(plain, draw(designs(5)[0], changed, 64)) > 0.7, name


def test_a_sign_without_a_ring_keeps_its_field() -> None:
    narrow = replace(AS_DRAWN, field_scale=0.8)
    assert difference(draw(designs(35)[0], AS_DRAWN, 64), draw(designs(35)[0], narrow, 64)) == 0


def test_keep_right_arrows_turn_as_far_as_they_may() -> None:
    turned = replace(AS_DRAWN, pictogram_turn=1.0)
    assert difference(draw(designs(38)[0], AS_DRAWN, 64), draw(designs(38)[0], turned, 64)) > 3
    assert difference(draw(designs(35)[0], AS_DRAWN, 64), draw(designs(35)[0], turned, 64)) == 0


def test_pedestrians_walk_both_ways_and_bends_do_not() -> None:
    other_way = replace(AS_DRAWN, mirror=0.0)
    one, other = (draw(designs(27)[1], variant, 64) for variant in (AS_DRAWN, other_way))
    assert difference(one, other[:, ::-1]) < difference(one, other) / 2
    for class_id in (19, 20, 21, 24, *range(33, 40)):
        for design in designs(class_id):
            assert not any(part.mirror_chance for part in read(design)), design.stem


def test_lines_end_square_or_round_as_drawn(tmp_path: Path) -> None:
    def covered(cap: str) -> float:
        path = tmp_path / f"{cap}.svg"
        root = ET.Element("{http://www.w3.org/2000/svg}svg")
        attributes = {"stroke": "#151515", "stroke-width": "20", "fill": "none"}
        ET.SubElement(
            root,
            "{http://www.w3.org/2000/svg}path",
            {"id": "edge", "d": "M30 50 H70", "stroke-linecap": cap, **attributes},
        )
        path.write_bytes(ET.tostring(root))
        return float(draw(path, AS_DRAWN, 100)[..., 3].sum() / 255)

    assert covered("butt") == pytest.approx(40 * 20, rel=0.03)
    assert covered("round") == pytest.approx(40 * 20 + np.pi * 10**2, rel=0.03)


@pytest.mark.parametrize("name", ["course", "road"])
def test_signs_stay_legible(name: ConditionsName) -> None:
    """The drawing that a variant is most like is one of its own class."""
    rng = np.random.default_rng(5)
    made = CONDITIONS[name].manufacture
    ids = [int(design.stem[:2]) for design in ALL]
    drawn = np.stack([shades(draw(design, AS_DRAWN, 32)) for design in ALL])
    right = 0
    for design in ALL:
        likeness = drawn @ shades(draw(design, draw_variant(rng, made), 32))
        right += ids[int(likeness.argmax())] == int(design.stem[:2])
    assert right > 0.9 * len(ALL)


def shades(rgba: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return a picture as a vector of length 1 that brightness and contrast do not change."""
    flat = on_grey(rgba) - on_grey(rgba).mean((0, 1))
    return np.asarray(flat.ravel() / np.sqrt((flat * flat).sum()))
