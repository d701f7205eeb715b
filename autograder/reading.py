"""Reads a submission's files, which may be anything: too large, a pipe, a link, no text at all.

Whatever is wrong with a file becomes a `Finding`; no file, however odd, raises. Only a folder that
cannot be opened does.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import stat
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder import names
from autograder.choosing import File, Folder
from autograder.errors import IntakeError
from autograder.models import Finding, Location, SourceFile
from autograder.names import printable
from autograder.notebooks import MAX_SOURCE_BYTES, read_notebook, too_long, without_export_marks

# Of files, as they are on the disk or in an archive.
MAX_BYTES = 16 * 2**20
_FAULTS_OF_THE_MACHINE = {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE}


def look(folder: Path) -> Folder:
    """Return what a folder on the disk holds; hidden files and other programs' are left out.

    Raises:
        OSError: It cannot be opened.
    """
    sources, archives = [], []
    folders: dict[str, Callable[[], Folder] | None] = {}
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = folder / entry.name
            file = File(entry.name, partial(read, path))
            if _is_folder(entry):
                if names.is_folder_to_look_into(entry.name):
                    is_link = entry.is_symlink()
                    folders[entry.name] = None if is_link else partial(look, path)
            elif names.is_source(entry.name):
                sources.append(file)
            elif names.is_archive(entry.name):
                archives.append(file)
    return Folder(tuple(sources), tuple(archives), folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def read(path: Path, room: int) -> bytes | Finding:
    """Return a regular file's bytes, if there are at most ``room``.

    Raises:
        IntakeError: This machine fails to read it.
    """
    try:
        # A FIFO would block whoever opens it, so look before; and look again at what was opened.
        if not stat.S_ISREG(path.lstat().st_mode):
            return unreadable(path, "is a link or no regular file")
        with open(path, "rb", opener=_open_plainly) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return unreadable(path, "is no regular file")
            data = file.read(room + 1)
    except OSError as error:
        if error.errno in _FAULTS_OF_THE_MACHINE:
            raise IntakeError(f"{path}: cannot be read: {error.strerror}") from error
        return unreadable(path, f"cannot be read ({error.strerror})")
    return data if len(data) <= room else _too_large(path.name)


def _open_plainly(path: str, flags: int) -> int:
    for name in ("O_NOFOLLOW", "O_NONBLOCK"):  # not everywhere
        flags |= getattr(os, name, 0)
    return os.open(path, flags)


def as_source(
    data: bytes, name: str, origin: str, room: int = MAX_SOURCE_BYTES
) -> SourceFile | Finding:
    """Return a ``.py`` file or a notebook as a module.

    Args:
        data: The file.
        name: Module file name to give the source, such as ``submission.py``.
        origin: File name as handed in.
        room: Bytes of Python that it may have.
    """
    source = _source(data, name, origin, room)
    if isinstance(source, Finding):
        return source
    fault = _fault(source.text)
    return source if fault is None else _no_text(fault.reason, source.locate(fault.line))


def _source(data: bytes, name: str, origin: str, room: int) -> SourceFile | Finding:
    if names.suffix(origin) == ".ipynb":
        return read_notebook(data, name, origin, room)
    if len(data) > room:
        return too_long(origin)
    if _is_utf16(data):
        return _no_text("it is saved as UTF-16, which some editors call Unicode", Location(origin))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        place = Location(origin, before.count(b"\n") + 1)
        return _no_text("there are bytes in it that are no UTF-8", place)
    # What Python makes of line ends when it reads a file.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceFile(name, without_export_marks(text), origin)


@dataclass(frozen=True)
class _Fault:
    reason: str
    line: int | None = None


def _fault(text: str) -> _Fault | None:
    """Return why Python would not read this text from a file as we read it here."""
    if "\0" in text:
        return _Fault("there is a NUL character in it", text.count("\n", 0, text.index("\0")) + 1)
    try:
        data = text.encode()
    except UnicodeEncodeError as error:  # JSON can hold what no file can
        line = text.count("\n", 0, error.start) + 1
        return _Fault("there is half of a character in it, a lone surrogate", line)
    try:
        declared, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        return _Fault("it declares an encoding that does not exist")
    # With another encoding (PEP 263), what was checked and what Python runs could differ.
    if codecs.lookup(declared).name not in {"utf-8", "utf-8-sig"}:
        return _Fault(f"it declares the encoding {declared}")
    return None


def _is_utf16(data: bytes) -> bool:
    """Whether it begins with UTF-16's mark or, without one, half of its beginning is NUL."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    beginning = data[:1000]
    return 0.3 * len(beginning) < beginning.count(0) < 0.8 * len(beginning)


def _no_text(reason: str, place: Location) -> Finding:
    return Finding(
        "unreadable",
        f"{place.file} cannot be read as Python source: {reason}.",
        "Save the file as UTF-8, without a coding line, and hand it in again.",
        place,
    )


def _too_large(name: str) -> Finding:
    """Return the problem that there are too many bytes, the named file's the last of them."""
    return Finding(
        "too-large",
        f"The files handed in are larger than {MAX_BYTES >> 20} MiB together.",
        "Clear a notebook's outputs before handing it in; leave out data and weights.",
        Location(printable(name)),
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
