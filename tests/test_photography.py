"""The steps of the camera."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.roadsigns import photography
from tests.roadsign_helpers import dice

GREY = np.full((32, 32, 3), 0.5, np.float32)


def test_motion_smears_and_keeps_the_light() -> None:
    light = np.zeros((21, 21, 3), np.float32)
    light[10, 10] = 1
    moved = photography.move(light, 5, 0)
    assert np.flatnonzero(moved[10, :, 0] > 0.01).tolist() == [8, 9, 10, 11, 12]
    assert moved[..., 0].sum() == pytest.approx(1)


def test_blur_that_nobody_sees_is_left_out() -> None:
    assert photography.blur(GREY, 0.1) is GREY


def test_exposure_has_a_factor_and_a_veil_for_each_colour() -> None:
    exposed = photography.expose(GREY, (1.0, 0.5, 2.0), (0.1, 0.0, 0.2))
    assert exposed[7, 9] == pytest.approx([0.6, 0.25, 1.2])


def test_the_tone_curve_keeps_black_and_white() -> None:
    photo = np.array([[[0, 128, 255]]], np.uint8)
    assert photography.tone(photo, 2.0)[0, 0].tolist() == [0, 64, 255]
    assert photography.tone(photo, 1.0)[0, 0].tolist() == [0, 128, 255]


def test_noise_is_around_the_light_and_most_where_it_is_bright() -> None:
    noisy = photography.add_noise(GREY, 0.02, dice())
    assert noisy.mean() == pytest.approx(0.5, abs=0.002)
    assert noisy.std() == pytest.approx(0.02 * np.sqrt(0.55), rel=0.1)
    assert photography.add_noise(GREY * 0, 0.02, dice()).std() < noisy.std() / 2


def test_blotches_are_coarse() -> None:
    blotched = photography.add_blotches(GREY, 0.1, dice())
    assert blotched.std() > 0.01
    neighbours = np.corrcoef(blotched[:, :-1].ravel(), blotched[:, 1:].ravel())[0, 1]
    assert neighbours > 0.3


def test_a_mosaic_leaves_flat_colours_and_fringes_edges() -> None:
    flat = np.full((20, 20, 3), (200, 90, 30), np.uint8)
    assert (photography.mosaic(flat)[2:-2, 2:-2] == flat[2:-2, 2:-2]).all()
    stripes = np.zeros((20, 20, 3), np.uint8)
    stripes[:, ::4] = 255  # grey before, coloured behind the filter
    fringes = np.ptp(photography.mosaic(stripes).astype(int), axis=-1)
    assert fringes.max() > 50


def test_a_mosaic_keeps_the_colours_in_their_order() -> None:
    for channel in range(3):
        photo = np.zeros((16, 16, 3), np.uint8)
        photo[..., channel] = 200
        assert photography.mosaic(photo)[4:-4, 4:-4].mean((0, 1)).argmax() == channel


def test_sharpening_makes_halos() -> None:
    photo = np.full((20, 20, 3), 100, np.uint8)
    photo[:, 10:] = 150
    halo = photography.sharpen(photo, 1.0)[10, :, 0].tolist()
    assert halo[9] < 95
    assert halo[10] > 155
    assert (halo[2], halo[17]) == (100, 150)


@pytest.mark.parametrize("smooth", [True, False])
def test_any_size_becomes_any_other(smooth: bool) -> None:
    for before, after in ((20, 32), (48, 32), (32, 32)):
        photo = np.full((before, before, 3), 77, np.uint8)
        resized = photography.resize(photo, after, smooth=smooth)
        assert resized.shape == (after, after, 3)
        assert (resized == 77).all()


def test_a_file_of_low_quality_differs_more() -> None:
    photo = np.full((32, 32, 3), 40, np.uint8)
    photo[8:24, 5:19] = 210
    low, high = (photography.compress(photo, quality).astype(int) for quality in (20, 95))
    assert np.abs(low - photo).mean() > 2 * np.abs(high - photo).mean() + 0.1
