"""What falls between the sign and the camera."""

from __future__ import annotations

import numpy as np

from autograder.roadsigns import weather
from tests.roadsign_helpers import dice

DARK = np.full((48, 48, 3), 0.05, np.float32)


def test_rain_and_snow_lighten_some_of_a_dark_view_and_darken_none() -> None:
    for after in (weather.let_rain(DARK, 30, 10.0, dice()), weather.let_snow(DARK, 30, dice())):
        lighter = after[..., 0] > 0.1
        assert 0.01 < lighter.mean() < 0.6
        assert (after >= DARK - 1e-6).all()
        assert after.max() <= 1


def test_no_drop_changes_nothing() -> None:
    assert (weather.let_rain(DARK, 0, 10.0, dice()) == DARK).all()
    assert (weather.wet(DARK, 0, dice()) == DARK).all()


def test_a_drop_shows_the_scene_upside_down() -> None:
    light = DARK.copy()
    light[24:] = 1
    after = np.mean([weather.wet(light, 8, dice(seed)) for seed in range(40)], axis=0)
    assert after[:12].mean() > 0.08
    assert after[-12:].mean() < 0.97


def test_streaks_fall_along_the_slant() -> None:
    upright = weather.let_rain(DARK, 12, 0.0, dice())[..., 0]
    across = weather.let_rain(DARK, 12, 90.0, dice())[..., 0]
    assert np.abs(np.diff(upright, axis=0)).sum() < np.abs(np.diff(upright, axis=1)).sum()
    assert np.abs(np.diff(across, axis=0)).sum() > np.abs(np.diff(across, axis=1)).sum()
