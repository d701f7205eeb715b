"""What years and light do to the face of a sign."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.roadsigns import weathering
from autograder.roadsigns.conditions import ROAD
from tests.roadsign_helpers import dice

SIDE = 48
FloatImage = NDArray[np.float32]
MARKS = [weathering.dirt, weathering.scratches, weathering.graffiti, weathering.sticker,
         weathering.snow]  # fmt: skip


def disc() -> tuple[FloatImage, FloatImage]:
    """Return the colours and the alpha of a red disc."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] - SIDE / 2 + 0.5
    alpha = (x * x + y * y < (SIDE / 2 - 3) ** 2).astype(np.float32)
    return alpha[..., None] * np.array([0.8, 0.1, 0.1], np.float32), alpha


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.__name__)
def test_a_mark_covers_some_of_the_sign_and_nothing_beside_it(
    mark: Callable[..., tuple[FloatImage, tuple[float, float, float]]],
) -> None:
    colour, alpha = disc()
    covered = []
    for seed in range(20):
        mask, paint = mark(SIDE, ROAD.weathering, dice(seed))
        assert mask.shape == (SIDE, SIDE)
        assert 0 <= mask.min() <= mask.max() <= 1
        painted = weathering.paint(colour, alpha, mask, paint)
        assert (painted[alpha == 0] == 0).all()
        assert np.allclose(painted[mask == 0], colour[mask == 0])
        covered.append((mask[alpha == 1] > 0.3).mean())
    assert 0.02 < np.mean(covered) < 0.7


def test_paint_that_covers_wholly_has_its_colour() -> None:
    colour, alpha = disc()
    painted = weathering.paint(colour, alpha, np.ones_like(alpha), (0.1, 0.2, 0.3))
    assert painted[alpha == 1] == pytest.approx(np.tile([0.1, 0.2, 0.3], (int(alpha.sum()), 1)))


def test_bleaching_takes_the_colour_and_leaves_the_light() -> None:
    colour, _ = disc()
    bleached = weathering.bleach(colour, 0.5)
    assert bleached.sum(-1) == pytest.approx(colour.sum(-1), abs=1e-5)
    spread = np.ptp(bleached[SIDE // 2, SIDE // 2])
    assert spread == pytest.approx(np.ptp(colour[SIDE // 2, SIDE // 2]) / 2, rel=1e-4)


def test_soil_takes_contrast() -> None:
    colour, alpha = disc()
    soiled = weathering.soil(colour, alpha, 0.2, 0.5)
    assert (soiled[alpha == 0] == 0).all()
    assert soiled[SIDE // 2, SIDE // 2] == pytest.approx([0.74, 0.18, 0.18], abs=1e-5)


@pytest.mark.parametrize("shadow", [weathering.edge, weathering.dapple])
def test_a_shadow_has_light_and_dark_parts(shadow: Callable[..., FloatImage]) -> None:
    fields = np.stack([shadow(SIDE, dice(seed)) for seed in range(10)])
    assert (fields.min(), fields.max()) == (0, 1)


def test_a_beam_is_brightest_in_its_middle_and_ends() -> None:
    spot = weathering.beam(SIDE, 40.0, dice())
    assert spot.max() == pytest.approx(1, abs=0.02)
    y, x = np.unravel_index(spot.argmax(), spot.shape)
    far = np.hypot(*(np.mgrid[0:SIDE, 0:SIDE] - np.array([y, x])[:, None, None]))
    assert (spot[far > 0.4 * SIDE + 1] == 0).all()
    assert (spot[far < 0.2 * SIDE] > 0.4).all()


def test_headlights_darken_towards_one_side() -> None:
    colour, alpha = disc()
    lit = weathering.headlights(colour, ROAD.light, dice(3))
    shares = lit[..., 0][alpha == 1] / colour[..., 0][alpha == 1]
    assert shares.max() <= 1
    assert np.ptp(shares) > 0.05
