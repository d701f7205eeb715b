"""Processes to be looked at from outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def python_process(code: str, folder: Path | None = None) -> Iterator[int]:
    """Run Python code until the block ends; it has begun once it prints."""
    started = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=folder)
    assert started.stdout is not None
    started.stdout.readline()
    try:
        yield started.pid
    finally:
        started.kill()
        started.wait()
        started.stdout.close()
