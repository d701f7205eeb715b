"""Reads a submission's files, which may be anything: too large, a pipe, a link, no text at all.

Every function returns what it was asked for or a `Finding` that says what was wrong; no file,
however odd, raises.
"""

from __future__ import annotations

import io
import os
import stat
import tokenize
from dataclasses import replace
from pathlib import Path

from autograder.models import Finding, Location, SourceFile
from autograder.notebooks import read_notebook

MAX_BYTES = 16 * 2**20


def read(path: Path, room: int) -> bytes | Finding:
    """Return a regular file's bytes, if there are at most ``room``."""
    try:
        # A FIFO would block whoever opens it, so look before; and look again at what was opened.
        if not stat.S_ISREG(path.lstat().st_mode):
            return unreadable(path, "is a link or no regular file")
        with open(path, "rb", opener=_open_plainly) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return unreadable(path, "is no regular file")
            data = file.read(room + 1)
    except OSError as error:
        return unreadable(path, f"cannot be read ({error.strerror})")
    if len(data) > room:
        return Finding(
            "too-large",
            f"The files handed in are larger than {MAX_BYTES >> 20} MiB together.",
            "Clear a notebook's outputs before handing it in; leave out data and weights.",
            Location(printable(path.name)),
        )
    return data


def _open_plainly(path: str, flags: int) -> int:
    for name in ("O_NOFOLLOW", "O_NONBLOCK"):  # not everywhere
        flags |= getattr(os, name, 0)
    return os.open(path, flags)


def as_source(data: bytes, name: str, origin: str) -> SourceFile | Finding:
    """Return a ``.py`` file or a notebook as a module.

    Args:
        data: The file.
        name: Module file name to give the source, such as ``submission.py``.
        origin: File name as handed in.
    """
    if not origin.lower().endswith(".ipynb"):
        text = _decode(data, origin)
        return SourceFile(name, text, origin) if isinstance(text, str) else text
    source = read_notebook(data, name, origin)
    if isinstance(source, Finding):
        return source
    # JSON can hold what a source file cannot: half characters, NUL, a coding line.
    text = _decode(source.text.encode("utf-8", "surrogatepass"), origin)
    if isinstance(text, str):
        return source
    return replace(text, location=source.locate(text.location.line if text.location else None))


def _decode(data: bytes, origin: str) -> str | Finding:
    r"""Return the text of a source file, newlines as ``\n``.

    Only UTF-8: with a coding line (PEP 263), what was checked and what Python runs could differ.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if encoding not in {"utf-8", "utf-8-sig"}:
            raise SyntaxError(f"it declares the encoding {encoding}")
        text = data.decode(encoding)
        if "\0" in text:
            raise SyntaxError("there are NUL bytes in it")
    except UnicodeDecodeError as error:
        place = Location(origin, data.count(b"\n", 0, error.start) + 1)
        return _no_text("there are bytes in it that are no UTF-8", place)
    except SyntaxError as error:
        return _no_text(error.msg, Location(origin))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _no_text(reason: str, place: Location) -> Finding:
    return Finding(
        "unreadable",
        f"{place.file} cannot be read as Python source: {reason}.",
        "Save the file as UTF-8, without a coding line, and hand it in again.",
        place,
    )


def unreadable(path: Path, reason: str) -> Finding:
    """Return the problem that a file cannot be had at all."""
    name = printable(path.name)
    return Finding(
        "unreadable",
        f"{name} {reason}.",
        "Hand in the file itself.",
        Location(name),
    )


def printable(name: str) -> str:
    """Return a file name without what would garble a terminal or a UTF-8 report."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
