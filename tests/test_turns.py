"""Many at once, or one alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.turns import Turns

PATIENCE_S = 10


def test_sharers_run_side_by_side() -> None:
    turns, together = Turns(), threading.Barrier(3, timeout=PATIENCE_S)

    def share(_: int) -> None:
        with turns.shared():
            together.wait()  # breaks unless all three are in at once

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(share, range(3)))


def test_who_is_alone_is_alone() -> None:
    turns, inside, seen = Turns(), [0], set()

    def enter(number: int) -> None:
        with turns.alone() if number % 3 == 0 else turns.shared():
            inside[0] += 1
            if number % 3 == 0:
                seen.add(inside[0])
            threading.Event().wait(0.002)
            inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(60)))
    assert seen == {1}


def test_one_who_waits_to_be_alone_is_not_passed_by_newcomers() -> None:
    turns, order = Turns(), list[str]()
    first_in, first_out = threading.Event(), threading.Event()

    def first() -> None:
        with turns.shared():
            first_in.set()
            first_out.wait(PATIENCE_S)

    def alone() -> None:
        with turns.alone():
            order.append("alone")

    def newcomer() -> None:
        with turns.shared():
            order.append("newcomer")

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(first)]
        first_in.wait(PATIENCE_S)
        done.append(pool.submit(alone))
        while not turns._waiting:
            threading.Event().wait(0.001)
        done.append(pool.submit(newcomer))
        threading.Event().wait(0.02)
        assert order == []
        first_out.set()
        for each in done:
            each.result(timeout=PATIENCE_S)
    assert order == ["alone", "newcomer"]


@pytest.mark.parametrize("how", ["shared", "alone"])
def test_an_exception_gives_the_turn_back(how: str) -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), getattr(turns, how)():
        _ = 1 / 0
    with turns.alone():
        pass
