"""Reading the drawings: paths, arcs and transforms become points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder.roadsigns.outlines import Part, read


def parts_of(folder: Path, inside: str) -> tuple[Part, ...]:
    path = folder / "drawing.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><title>x</title>{inside}</svg>')
    read.cache_clear()
    return read(path)


def points_of(folder: Path, inside: str) -> list[list[float]]:
    (part,) = parts_of(folder, inside)
    return [[round(value, 3) for value in point] for point in part.points.tolist()]


def test_a_path_becomes_points(tmp_path: Path) -> None:
    assert points_of(tmp_path, '<path d="M1 2 L3 4 H5 V6"/>') == [[1, 2], [3, 4], [5, 4], [5, 6]]


def test_numbers_need_no_spaces(tmp_path: Path) -> None:
    assert points_of(tmp_path, '<path d="M-1.5.5 3-4 5 6"/>') == [[-1.5, 0.5], [3, -4], [5, 6]]


def test_a_path_may_have_several_lines(tmp_path: Path) -> None:
    (part,) = parts_of(tmp_path, '<path d="M0 0 H1 V1 Z M5 5 H6 V6"/>')
    assert [(len(line.points), line.closed) for line in part.shapes[0].lines] == [
        (3, True),
        (3, False),
    ]


@pytest.mark.parametrize("radius", [3.0, 49.0])
def test_a_circle_is_round(tmp_path: Path, radius: float) -> None:
    (part,) = parts_of(tmp_path, f'<circle cx="2" r="{radius}"/>')
    distances = np.hypot(part.points[:, 0] - 2, part.points[:, 1])
    assert distances == pytest.approx(radius, abs=0.01)
    chords = np.diff(np.concatenate([part.points, part.points[:1]]), axis=0)
    sagitta = radius - np.sqrt(radius**2 - (chords**2).sum(1) / 4)
    assert sagitta.max() < 0.13


@pytest.mark.parametrize(
    ("flags", "middle"),
    [
        ("0 1", [3.536, -3.536]),
        ("1 0", [-3.536, 3.536]),
        ("0 0", [1.464, -1.464]),
        ("1 1", [8.536, -8.536]),
    ],
)
def test_arcs_take_the_way_that_their_flags_tell(
    tmp_path: Path, flags: str, middle: list[float]
) -> None:
    # From the top of a circle to its right side; the centre is (0, 0), or (5, -5).
    points = np.array(points_of(tmp_path, f'<path d="M0 -5 A5 5 0 {flags} 5 0"/>'))
    assert np.abs(points - middle).sum(1).min() < 1.6
    assert points[0].tolist() == [0, -5]
    assert points[-1].tolist() == [5, 0]


def test_curves_end_where_they_should(tmp_path: Path) -> None:
    points = points_of(tmp_path, '<path d="M0 0 Q0 4 4 4 C4 8 8 8 8 4"/>')
    assert points[6] == [4, 4]
    assert points[3] == [1, 3]
    assert points[9] == [6, 7]
    assert points[-1] == [8, 4]


def test_transforms_are_done_from_the_inside_out(tmp_path: Path) -> None:
    inside = (
        '<g transform="translate(50 60)"><g transform="translate(1 0) rotate(90)">'
        '<path transform="scale(2 3)" d="M1 0 L0 1"/></g></g>'
    )
    (part,) = parts_of(tmp_path, inside)
    assert part.origin == (50, 60)
    assert np.allclose(part.points, [[1, 2], [-2, 0]])


def test_paint_is_inherited(tmp_path: Path) -> None:
    inside = (
        '<g fill="none" stroke="#151515" stroke-width="4"><g transform="scale(2)">'
        '<path d="M0 0 H1"/><path stroke="none" fill="#ffffff" d="M0 0 H1"/></g></g>'
    )
    (part,) = parts_of(tmp_path, inside)
    line, area = part.shapes
    assert (line.fill, line.stroke, line.stroke_width) == (None, "#151515", 8)
    assert (area.fill, area.stroke) == ("#ffffff", None)


def test_glyphs_know_their_middle(tmp_path: Path) -> None:
    inside = '<g><path class="numeral" d="M4 0 H8"/><path d="M4 0 H8"/></g>'
    (part,) = parts_of(tmp_path, inside)
    assert part.middles.tolist() == [6, 6, 4, 8]


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<ellipse/>", "<ellipse>"),
        ('<path d="M0 0 c1 1 2 2 3 3"/>', "'c'"),
        ('<g><path transform="skewX(3)" d="M0 0 H1"/></g>', "skewX"),
        ('<path id="field" transform="scale(2)" d="M0 0 H1"/>', "#field"),
    ],
)
def test_what_is_not_known_is_named(tmp_path: Path, inside: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        parts_of(tmp_path, inside)
