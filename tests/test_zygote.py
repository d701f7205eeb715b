"""The zygote, where the machine fails it."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from pathlib import Path

import pytest

from autograder.jobs import Ending, Request
from tests.conftest import LIMITS

if sys.platform != "linux":
    pytest.skip("the zygote is for Linux", allow_module_level=True)

from autograder.sandbox import Defences
from autograder.zygote import Zygote


def test_a_process_that_cannot_be_made_ends_one_job_and_not_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fork() -> int:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    ours, theirs = socket.socketpair()
    log_read, log_write = os.pipe()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with ours, theirs, os.fdopen(log_read, "rb") as log:
        zygote = Zygote(theirs, Defences(1, own_uid=False, namespaces=False), ())
        monkeypatch.setattr(os, "fork", fork)
        zygote._start(Request(7, "describe", {}, str(tmp_path), LIMITS), log_write)
        answer = json.loads(ours.recv(1 << 16))
        assert (answer["done"], answer["ending"]) == (7, Ending.NOT_STARTED)
        assert b"no more processes" in log.read()
        zygote._selector.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 4
