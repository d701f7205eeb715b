"""Takes what a job left behind, as what it is: bytes of somebody else's making."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

from autograder.jobs import OutputFile


def collect_outputs(folder: Path, wanted: tuple[OutputFile, ...]) -> dict[str, bytes]:
    """Read output files without following links, blocking on FIFOs or reading too much.

    What is missing, too large or no regular file is left out.
    """
    outputs: dict[str, bytes] = {}
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    for file in wanted:
        try:
            descriptor = os.open(folder / file.name, flags)
        except OSError:
            continue
        try:
            data = _read_regular(descriptor, file.max_bytes)
        finally:
            os.close(descriptor)
        if data is not None:
            outputs[file.name] = data
    return outputs


def _read_regular(descriptor: int, max_bytes: int) -> bytes | None:
    """Return the content; None if it is no regular file or too large."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return None
    data = bytearray()
    # Not by its size: it may still grow while we read it.
    while chunk := os.read(descriptor, min(1 << 20, max_bytes + 1 - len(data))):
        data += chunk
        if len(data) > max_bytes:
            return None
    return bytes(data)


def remove_folder(folder: Path) -> None:
    """Delete a folder, however deep a job has nested it."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", str(folder)], check=False)  # noqa: S607
