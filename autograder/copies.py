"""A copy of what was handed in, as bytes: packed for the results, read back to grade it again.

The copy is a .zip archive of the files that were read, byte by byte, and a table of contents. A
file whose name is plain keeps it in the archive; any other gets a plain one there, and its own
stands in the table alone: whoever unpacks a copy gets no name that somebody thought out for them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic import TypeAdapter

from autograder.archives import Archive, ArchiveLimits, open_archive
from autograder.errors import ResultsError
from autograder.models import Finding
from autograder.roster import safe_id

_TABLE = "contents.json"
# What we packed ourselves may be repetitive, and its names long.
_LIMITS = ArchiveLimits(unpacked_bytes=1 << 26, ratio=1 << 12)


@dataclass(frozen=True)
class CopiedFile:
    """A file that was read.

    Attributes:
        name: As handed in, without its folder.
        module: Module file name that its source was given, such as ``submission.py``.
        content: Its bytes.
    """

    name: str
    module: str
    content: bytes


@dataclass(frozen=True)
class HandIn:
    """All that was read of a submission.

    Attributes:
        files: Its main module first.
        problems: Why it could not be taken in as handed in.
    """

    files: tuple[CopiedFile, ...] = ()
    problems: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Line:
    """A file in the table of contents.

    Attributes:
        entry: Its name in the archive.
        name: As handed in, in hexadecimal, since there are names that JSON cannot hold.
        module: As in `CopiedFile`.
    """

    entry: str
    name: str
    module: str


@dataclass(frozen=True)
class _Table:
    files: tuple[_Line, ...]
    problems: tuple[Finding, ...]


_Tables = TypeAdapter(_Table)


def pack(hand_in: HandIn) -> bytes:
    """Return a copy of what was handed in; `unpack` reads it back."""
    entries = _entries([file.name for file in hand_in.files])
    lines = (
        _Line(entry, file.name.encode("utf-8", "surrogatepass").hex(), file.module)
        for entry, file in zip(entries, hand_in.files, strict=True)
    )
    table = _Tables.dump_json(_Table(tuple(lines), hand_in.problems), indent=2)
    contents = [(_TABLE, table)]
    contents += [(entry, file.content) for entry, file in zip(entries, hand_in.files, strict=True)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in contents:
            # With a time of its own, the same files would make another copy each time.
            info = zipfile.ZipInfo(entry)
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(copy: bytes) -> HandIn:
    """Return what was handed in.

    Raises:
        ResultsError: This is no copy that we made.
    """
    archive = open_archive(io.BytesIO(copy), "the copy", _LIMITS)
    if isinstance(archive, Finding):
        raise ResultsError(f"the copy of what was handed in cannot be read: {archive.message}")
    try:
        table = _Tables.validate_json(_read(archive, _TABLE))
        files = tuple(
            CopiedFile(
                bytes.fromhex(line.name).decode("utf-8", "surrogatepass"),
                line.module,
                _read(archive, line.entry),
            )
            for line in table.files
        )
    except (KeyError, ValueError) as error:
        raise ResultsError("the copy of what was handed in is none that we made") from error
    return HandIn(files, table.problems)


def _read(archive: Archive, entry: str) -> bytes:
    data = archive.read(PurePosixPath(entry), _LIMITS.unpacked_bytes)
    if isinstance(data, Finding):
        raise ResultsError(f"the copy of what was handed in cannot be read: {data.message}")
    return data


def _entries(names: Sequence[str]) -> list[str]:
    """Return for each file a name in the archive that is plain, and no two alike."""
    entries = []
    taken = {_TABLE}
    for number, name in enumerate(names):
        plain = safe_id(name)
        keeps_its_own = plain == name and name.casefold() not in taken
        taken.add(name.casefold())
        # No file's own name has a slash in it.
        entries.append(name if keeps_its_own else f"renamed/{number}-{plain}")
    return entries
