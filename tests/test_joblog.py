"""What is kept of a job's output."""

from __future__ import annotations

import os

from autograder.joblog import JobLog


def test_all_of_a_short_log_is_kept() -> None:
    with JobLog() as log:
        os.write(log.write_end, b"hello")
        log.read(5)
        assert log.content() == b"hello"
        assert not log.ended


def test_the_end_is_noticed() -> None:
    with JobLog() as log:
        os.write(log.write_end, b"last words")
        log.close_write_end()
        log.drain()
        assert log.ended
        assert log.content() == b"last words"


def test_an_open_end_is_not_waited_for() -> None:
    with JobLog() as log:
        os.write(log.write_end, b"so far")
        log.drain()
        assert log.content() == b"so far"


def test_of_a_long_log_both_ends_are_kept_and_the_gap_is_told() -> None:
    with JobLog() as log:
        total = 0
        for number in range(1000):
            total += os.write(log.write_end, f"{number:04}".encode() * 100)
            log.read(5)
        content = log.content()
    assert log.total == total == 400_000
    assert content.startswith(b"0000")
    assert content.endswith(b"0999")
    gap = 400_000 - (128 << 10)
    assert f"[… {gap} bytes left out …]".encode() in content
