"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.errors import ResultsError


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step: whoever reads it finds the old content or the new.

    A run that is killed leaves at most `temporary(path)` behind. One writer at a time.

    Raises:
        ResultsError: It cannot be written; says why.
    """
    try:
        with temporary(path).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary(path).replace(path)
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror or error}") from error


def remove(path: Path) -> None:
    """Delete a file, if it is there.

    Raises:
        ResultsError: It cannot be deleted; says why.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ResultsError(f"cannot delete {path}: {error.strerror or error}") from error


def temporary(path: Path) -> Path:
    """Return where a file is written before it takes its place."""
    return path.with_name(f".{path.name}.tmp")
