"""What random numbers are drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.roadsigns.distributions import (
    Dice,
    Distribution,
    Either,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
    happens,
)


def dice() -> Dice:
    return Dice(np.random.default_rng(1))


def drawn(distribution: Distribution, count: int = 4000) -> np.ndarray:
    source = dice()
    return np.array([distribution.draw(source) for _ in range(count)])


def test_dice_give_the_same_numbers_again() -> None:
    one, other = dice(), dice()
    assert [one.random() for _ in range(200)] == [other.random() for _ in range(200)]
    assert [one.standard_normal() for _ in range(70)] == [
        other.standard_normal() for _ in range(70)
    ]


def test_dice_reach_each_number_and_no_other() -> None:
    source = dice()
    assert {source.below(3) for _ in range(100)} == {0, 1, 2}
    assert {source.between(4, 6) for _ in range(100)} == {4, 5, 6}


@pytest.mark.parametrize(
    ("distribution", "low", "high", "median"),
    [
        (Uniform(2.0, 4.0), 2, 4, 3),
        (LogUniform(1.0, 9.0), 1, 9, 3),
        (Normal(5.0, 1.0), 0, 10, 5),
        (LogNormal(5.0, 0.5), 0.5, 60, 5),
        (Either(0.9, Uniform(0.0, 2.0), Uniform(8.0, 9.0)), 0, 9, 1.1),
    ],
)
def test_draws_lie_where_they_should(
    distribution: Distribution, low: float, high: float, median: float
) -> None:
    numbers = drawn(distribution)
    assert low <= numbers.min() < numbers.max() <= high
    assert np.median(numbers) == pytest.approx(median, rel=0.05)


def test_the_spread_of_the_bell_curves_is_as_said() -> None:
    assert drawn(Normal(0.0, 2.0)).std() == pytest.approx(2, rel=0.05)
    assert np.log(drawn(LogNormal(1.0, 0.3))).std() == pytest.approx(0.3, rel=0.05)


def test_chances_are_kept() -> None:
    source = dice()
    assert np.mean([happens(0.2, source) for _ in range(4000)]) == pytest.approx(0.2, abs=0.03)
    assert not any(happens(0.0, source) for _ in range(100))
    assert all(happens(1.0, source) for _ in range(100))
