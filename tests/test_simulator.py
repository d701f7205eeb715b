"""Tracks: one sign, filmed while a car drives towards it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.roadsigns.conditions import CONDITIONS, COURSE, ROAD, Conditions
from autograder.roadsigns.distributions import Uniform
from autograder.roadsigns.simulator import draw_scene
from tests.roadsign_helpers import bank, dice, filmed, only


def several(conditions: Conditions, count: int = 24) -> NDArray[np.float64]:
    """Return the last frames of some tracks."""
    frames = [filmed(seed % 43, 1, seed, 32, conditions)[0] for seed in range(count)]
    return np.stack(frames).astype(float)


def detail(images: NDArray[np.float64]) -> float:
    """Return the mean difference of neighbouring pixels."""
    return float(np.abs(np.diff(images, axis=2)).mean())


def test_the_same_dice_film_the_same_track() -> None:
    assert (filmed(14, 3, seed=5) == filmed(14, 3, seed=5)).all()
    assert (filmed(14, 3, seed=5) != filmed(14, 3, seed=6)).any()


def test_frames_of_a_track_show_one_sign_and_differ() -> None:
    tracks = [filmed(14, 4, seed).astype(float) for seed in range(6)]
    within = [
        np.abs(one - other).mean() for track in tracks for one, other in combinations(track, 2)
    ]
    between = [np.abs(one[0] - other[0]).mean() for one, other in combinations(tracks, 2)]
    assert min(within) > 0.5
    assert np.mean(within) < np.mean(between) / 2


@pytest.mark.parametrize("name", ["course", "road"])
def test_the_sign_is_in_the_picture(name: Any) -> None:
    conditions = CONDITIONS[name]
    for seed in range(50):
        scene = draw_scene(seed % 43, 32, conditions, bank(), dice(seed))
        assert abs(scene.offset[0]) + scene.size / 2 < 50
        assert scene.plate.sign.image[..., 3].max() == 1


def test_far_signs_fill_less_of_a_picture_cut_out_with_a_margin() -> None:
    shares = []
    for near in (24.0, 100.0):
        ahead = only(near_resolution=Uniform(near, near), margin_px=5.0, size=Uniform(53.0, 53.0),
                     exposure=Uniform(1.0, 1.0), backlight=Uniform(0.0, 0.0))  # fmt: skip
        bright = several(ahead).max(-1) > 60
        shares.append(bright.mean())
    assert shares[0] < 0.75 * shares[1]


@pytest.mark.parametrize("image_size", [16, 32, 50, 224])
def test_any_size_shows_the_same_scene(image_size: int) -> None:
    small = filmed(14, 1, 8, 32).astype(float)[0]
    other = filmed(14, 1, 8, image_size)[0]
    assert other.shape == (image_size, image_size, 3)
    resized = cv2.resize(other, (32, 32), interpolation=cv2.INTER_AREA).astype(float)
    assert np.abs(resized.mean((0, 1)) - small.mean((0, 1))).max() < 25


def test_a_large_picture_is_sharp() -> None:
    large = filmed(14, 1, 8, 224, only(near_resolution=Uniform(60, 60), blur=Uniform(0.4, 0.4)))[0]
    grey = large.mean(-1)
    enlarged = cv2.resize(cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA), (224, 224))
    assert np.abs(np.diff(grey)).max() > 1.5 * np.abs(np.diff(enlarged)).max()


@pytest.mark.parametrize(
    "chance",
    ["dirt_chance", "scratches_chance", "sticker_chance", "graffiti_chance", "snow_chance",
     "shadow_edge_chance", "shadow_dapple_chance", "glare_chance"],
)  # fmt: skip
def test_what_happens_to_the_sign_shows_on_it(chance: str) -> None:
    for seed in range(8):
        plain = draw_scene(1, 32, only(), bank(), dice(seed)).plate.sign.image
        marked = draw_scene(1, 32, only(**{chance: 1.0}), bank(), dice(seed)).plate.sign.image
        if np.abs(marked - plain).max() > 0.05:
            return
    pytest.fail(f"{chance} changed nothing")


@pytest.mark.parametrize(
    ("chance", "part"),
    [("pole_chance", "behind"), ("board_chance", "behind"), ("caption_chance", "behind"),
     ("neighbour_chance", "neighbour"),
     ("twig_chance", "before"), ("leaves_chance", "before")],
)  # fmt: skip
def test_what_stands_around_the_sign_is_there_by_chance(chance: str, part: str) -> None:
    assert not getattr(draw_scene(1, 32, only(), bank(), dice()).plate, part)
    assert getattr(draw_scene(1, 32, only(**{chance: 1.0}), bank(), dice()).plate, part)


def test_night_darkens_all_but_the_sign() -> None:
    day, night = several(only()), several(only(night_chance=1.0))
    ring = np.ones((32, 32), bool)
    ring[3:-3, 3:-3] = False
    assert night[:, ring].mean() < 0.4 * day[:, ring].mean()
    assert night[:, 12:20, 12:20].mean() > 0.4 * day[:, 12:20, 12:20].mean()


@pytest.mark.parametrize("chance", ["haze_chance", "fog_chance"])
def test_haze_and_fog_take_contrast(chance: str) -> None:
    clear, misty = several(only()), several(only(**{chance: 1.0}))
    assert misty.std((1, 2, 3)).mean() < 0.9 * clear.std((1, 2, 3)).mean()


def test_blur_and_motion_take_detail() -> None:
    sharp = detail(several(only()))
    assert detail(several(only(blur=Uniform(2.0, 2.0)))) < 0.7 * sharp
    assert detail(several(only(motion_chance=1.0, motion=Uniform(7.0, 7.0)))) < 0.8 * sharp
    assert detail(several(only(near_resolution=Uniform(20.0, 20.0)))) < 0.8 * sharp


def test_the_road_is_harder_than_the_course() -> None:
    course, road = several(COURSE, 60), several(ROAD, 60)
    assert road.std((1, 2, 3)).mean() < course.std((1, 2, 3)).mean()
    assert road.mean((1, 2, 3)).std() > course.mean((1, 2, 3)).std()
