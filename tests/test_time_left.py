"""How long a batch will take, and how that is said."""

from __future__ import annotations

import pytest

from autograder.time_left import Ahead, in_words, roughly, time_left


def test_nothing_is_said_of_the_time_left_while_there_is_nothing_to_go_by() -> None:
    assert time_left([Ahead(30, None)], [], waiting=5, parallel=2) is None


def test_those_waiting_take_as_long_as_those_that_are_done() -> None:
    assert time_left([], [50, 70], waiting=4, parallel=1) == pytest.approx(240)
    assert time_left([], [50, 70], waiting=4, parallel=2) == pytest.approx(120)
    assert time_left([], [50, 70], waiting=1, parallel=8) == pytest.approx(60)


def test_one_under_way_takes_what_its_training_says_or_as_long_as_the_others() -> None:
    assert time_left([Ahead(20, 80)], [], waiting=0, parallel=1) == pytest.approx(80)
    assert time_left([Ahead(40, None)], [100], waiting=0, parallel=1) == pytest.approx(60)
    # The mean of 100 and 20 + 20, which it has not reached.
    assert time_left([Ahead(20, 20)], [100], waiting=0, parallel=1) == pytest.approx(50)
    assert time_left([Ahead(500, None)], [100], waiting=0, parallel=1) == 0


def test_the_next_one_begins_where_a_place_is_free_first() -> None:
    running = [Ahead(50, 50), Ahead(10, 90)]
    assert time_left(running, [], waiting=1, parallel=2) == pytest.approx(150)
    assert time_left(running, [], waiting=2, parallel=2) == pytest.approx(190)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"), (29, "less than a minute"), (31, "1 min"), (719, "12 min"),
        (89 * 60, "89 min"), (95 * 60, "1 h 40 min"), (120 * 60, "2 h"), (95_400, "26 h 30 min"),
    ],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_an_estimate_says_that_it_is_one() -> None:
    assert roughly(720) == "about 12 min"
    assert roughly(3) == "less than a minute"
