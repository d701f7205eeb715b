"""The grader's end of the line to a zygote; the rest of it is tried with real jobs."""

from __future__ import annotations

import io
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from autograder.connection import ZygoteConnection
from autograder.errors import JobInfrastructureError


@pytest.mark.parametrize(
    "line", [b"", b"7", b"{}", b'{"done": 7}', b'{"done": []}', b"\xff", b"[" * 100_000]
)
def test_whoever_waits_for_a_zygote_that_talks_nonsense_waits_in_vain(
    line: bytes, tmp_path: Path
) -> None:
    connection = object.__new__(ZygoteConnection)
    waiting: Future[dict[str, Any]] = Future()
    connection.__dict__.update(
        _stream=io.BytesIO(line + b"\n"),
        _lock=threading.Lock(),
        _pending={1: waiting},
        _log_path=tmp_path / "none",
        dead=False,
    )
    connection._listen()
    assert connection.dead
    assert isinstance(waiting.exception(timeout=0), JobInfrastructureError)
