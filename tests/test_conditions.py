"""The two sets of distributions."""

from __future__ import annotations

from dataclasses import fields

import pytest

from autograder.roadsigns.conditions import CONDITIONS, COURSE, ROAD

PARTS = [item.name for item in fields(COURSE)]


def test_both_sets_have_names() -> None:
    assert {"course": COURSE, "road": ROAD} == CONDITIONS


@pytest.mark.parametrize("part", PARTS)
def test_the_course_has_a_milder_share_of_what_the_road_has(part: str) -> None:
    course, road = getattr(COURSE, part), getattr(ROAD, part)
    chances = [item.name for item in fields(course) if item.name.endswith("_chance")]
    for name in chances:
        mild, full = getattr(course, name), getattr(road, name)
        assert 0 < mild <= 1, name
        assert 0 < full <= 1, name
        assert mild <= full or name in {"haze_chance", "smooth_resize_chance"}, name


def test_the_sets_differ_where_it_matters() -> None:
    for part, names in {
        "light": ("exposure", "backlight"),
        "pose": ("size", "margin_px"),
        "optics": ("blur", "near_resolution"),
    }.items():
        for name in names:
            assert getattr(getattr(COURSE, part), name) != getattr(getattr(ROAD, part), name)
