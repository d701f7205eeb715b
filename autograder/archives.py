"""Reads .zip archives that somebody else has made: in memory, name by name, writing nothing.

Covers: names that leave the archive (``..``, absolute, drives, links), names that come twice,
entries that share bytes, too many entries, too large a directory, contents that unpack to too
much, passwords, methods of compression that few can read, and whatever else is damaged. What a
header claims about a size is never believed: bytes are counted as they come.

Does not cover: what the contents say, and archives inside an archive, which are not opened.
"""

from __future__ import annotations

import contextlib
import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from stat import S_IFDIR, S_IFMT, S_IFREG
from typing import BinaryIO

from autograder import names
from autograder.choosing import File, Folder
from autograder.models import Finding, Location
from autograder.names import printable

_CHUNK_BYTES = 1 << 16
# Small files may be as repetitive as they like: a blank notebook is.
_RATIO_FREE_BYTES = 1 << 20
_LOCAL_HEADER_BYTES = 30
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# In how many ways the standard library fails on a damaged archive was found by fuzzing it.
_DAMAGES = (
    zipfile.BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError,
    ValueError, struct.error, zlib.error,
)  # fmt: skip
_PACK_AGAIN = "Pack it again: as .zip, without a password, with nothing but your files in it."


@dataclass(frozen=True)
class ArchiveLimits:
    """What one archive may ask of us.

    Attributes:
        entries: Files and folders in it.
        directory_bytes: Size of its table of contents.
        unpacked_bytes: Of everything that is read from it, together.
        ratio: Bytes that one packed byte may become, in files above 1 MiB.
    """

    entries: int = 2000
    directory_bytes: int = 1 << 20
    unpacked_bytes: int = 16 << 20
    ratio: int = 200


class _RefusedError(Exception):
    """Carries what is wrong with an archive to where it becomes a `Finding`."""

    def __init__(self, rule: str, message: str, hint: str = _PACK_AGAIN) -> None:
        super().__init__(message)
        self.rule, self.message, self.hint = rule, message, hint

    def finding(self, origin: str) -> Finding:
        return Finding(self.rule, self.message, self.hint, Location(origin))


class Archive:
    """An archive whose table of contents was found to be safe.

    Attributes:
        origin: The archive's own name, as shown to the student.
        files: Paths of its files, relative, without ``..``, each once, in order.
        folders: Paths of the folders that it names; those of files need not be among them.
    """

    def __init__(self, file: BinaryIO, origin: str, limits: ArchiveLimits) -> None:
        self.origin, self._limits, self._unpacked_bytes = origin, limits, 0
        self._zip = zipfile.ZipFile(_Sparing(file, max(limits.directory_bytes, 2 * _CHUNK_BYTES)))
        entries = self._zip.infolist()
        if len(entries) > limits.entries:
            raise _RefusedError(
                "too-large",
                f"There are more than {limits.entries} files and folders in the archive.",
                "Pack the files that you wrote, and no data, environments or repositories.",
            )
        _refuse_overlaps(entries, self._zip.start_dir)
        self._entries: dict[PurePosixPath, zipfile.ZipInfo] = {}
        self.folders: set[PurePosixPath] = set()
        for entry in entries:
            path = _safe_path(entry)
            if entry.filename.endswith(("/", "\\")):
                self.folders.add(path)
            elif self._entries.setdefault(path, entry) is not entry:
                raise _RefusedError("archive", f"{_shown(entry)} is in the archive twice.")
        self.files = tuple(sorted(self._entries))

    def read(self, path: PurePosixPath, room: int) -> bytes | Finding:
        """Return the contents of one of the ``files``, if there are at most ``room`` bytes."""
        entry = self._entries[path]
        try:
            return self._unpack(entry, room)
        except _RefusedError as refused:
            error = refused
        except _DAMAGES:
            error = _RefusedError("archive", f"{_shown(entry)} is damaged.")
        return error.finding(self.origin)

    def _unpack(self, entry: zipfile.ZipInfo, room: int) -> bytes:
        _refuse_packing(entry)
        room = min(room, self._limits.unpacked_bytes - self._unpacked_bytes)
        most = max(_RATIO_FREE_BYTES, self._limits.ratio * entry.compress_size)
        data = bytearray()
        with self._zip.open(entry) as file:
            while chunk := file.read(_CHUNK_BYTES):
                data += chunk
                self._unpacked_bytes += len(chunk)
                if len(data) > most:
                    raise _RefusedError(
                        "archive",
                        f"{_shown(entry)} unpacks to more than {self._limits.ratio} times its "
                        "size, as archives do that are made to fill a disk.",
                    )
                if len(data) > room:
                    raise _RefusedError(
                        "too-large",
                        f"The archive unpacks to more than we read: {_shown(entry)} is too much.",
                        "Clear a notebook's outputs before handing it in; leave out data and "
                        "weights.",
                    )
        return bytes(data)


def open_archive(
    file: BinaryIO, origin: str, limits: ArchiveLimits | None = None
) -> Archive | Finding:
    """Open a .zip archive, or say why not.

    Args:
        file: The archive; has to stay open as long as it is read from.
        origin: Its name, for messages.
        limits: What it may ask of us.
    """
    try:
        return Archive(file, origin, limits or ArchiveLimits())
    except _RefusedError as refused:
        error = refused
    except _DAMAGES:
        error = _RefusedError("archive", "This is no .zip archive, or a damaged one.")
    return error.finding(origin)


def archive_folder(archive: Archive) -> Folder:
    """Return what an archive holds, as `reading.look` returns a folder on the disk."""
    return _folder(archive, archive.files, sorted(archive.folders), 0)


def _folder(
    archive: Archive,
    files: Sequence[PurePosixPath],
    empty_folders: Sequence[PurePosixPath],
    depth: int,
) -> Folder:
    sources, archives = [], []
    below: dict[str, tuple[list[PurePosixPath], list[PurePosixPath]]] = {}
    for path in files:
        name = path.parts[depth]
        if len(path.parts) > depth + 1:
            below.setdefault(name, ([], []))[0].append(path)
        elif names.is_source(name):
            sources.append(File(name, partial(archive.read, path)))
        elif names.is_archive(name):
            archives.append(File(name, partial(archive.read, path)))
    for path in empty_folders:
        if len(path.parts) > depth:
            below.setdefault(path.parts[depth], ([], []))[1].append(path)
    folders: dict[str, Callable[[], Folder] | None] = {
        name: partial(_folder, archive, *inside, depth + 1)
        for name, inside in sorted(below.items())
        if names.is_folder_to_look_into(name)
    }
    return Folder(tuple(sources), tuple(archives), folders)


class _Sparing(io.RawIOBase):
    """A file that refuses to hand out much at once.

    `zipfile` reads the whole table of contents in one go, and makes an object of half a KiB of
    every 46 bytes of it; no other of its reads is large.
    """

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._most = file, most

    def read(self, size: int = -1, /) -> bytes:
        if size > self._most:
            raise _RefusedError("too-large", "The archive has an absurdly large table of contents.")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _safe_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Return where an entry lies in the archive.

    Raises:
        _RefusedError: Unpacked, it could land outside, or be something else than a file.
    """
    name = _name(entry)
    path = PurePosixPath(name)
    if "\0" in entry.orig_filename:
        raise _RefusedError("archive", f"The name {_shown(entry)} has a NUL character in it.")
    if path.is_absolute() or name[1:2] == ":":
        raise _RefusedError(
            "archive", f"{_shown(entry)} has an absolute path: it would land anywhere."
        )
    if ".." in path.parts:
        raise _RefusedError(
            "archive", f"{_shown(entry)} would land outside of the folder that it is unpacked in."
        )
    if not path.parts:
        raise _RefusedError("archive", "There is a file without a name in the archive.")
    if S_IFMT(entry.external_attr >> 16) not in {0, S_IFREG, S_IFDIR}:
        raise _RefusedError(
            "archive",
            f"{_shown(entry)} is a link or no regular file, and links are not followed.",
            "Pack the file itself.",
        )
    return path


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name as it was meant."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:  # macOS leaves out the flag, though it should not
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode()
    # Old tools on Windows write backslashes.
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _refuse_overlaps(entries: Sequence[zipfile.ZipInfo], end: int) -> None:
    """Refuse entries that share bytes: small archives become endless that way (Fifield 2019)."""
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        start = entry.header_offset
        if start < 0 or start + _LOCAL_HEADER_BYTES + entry.compress_size > end:
            raise _RefusedError("archive", "Files in the archive share the same bytes.")
        end = start


def _refuse_packing(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise _RefusedError("archive", f"{_shown(entry)} is protected by a password.")
    if entry.compress_type not in _METHODS:
        raise _RefusedError(
            "archive",
            f"{_shown(entry)} is packed in a way that not every program can read.",
            "Pack it with what your system offers for .zip.",
        )


def _shown(entry: zipfile.ZipInfo) -> str:
    return printable(_name(entry))
