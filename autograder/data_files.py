"""The files of somebody's images, wherever they lie: in folders, in .zip archives, or both.

Archives are read where they are, as carefully as what students hand in (archives.py); nothing is
unpacked to the disk. Links that the user's own folders hold are followed, each folder once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.archives import Archive, ArchiveLimits, open_archive
from autograder.errors import DatasetError
from autograder.models import Finding
from autograder.names import printable
from autograder.pictures import MAX_BYTES, SUFFIXES

# The official training images are 90,000 files and folders, and unpack to 330 MB.
_LIMITS = ArchiveLimits(
    entries=1_000_000, directory_bytes=128 << 20, unpacked_bytes=64 << 30, ratio=1000
)
_NOT_ANYBODYS = {"__MACOSX", "Thumbs.db", "desktop.ini"}


class UnreadableError(Exception):
    """A file that cannot be read; says why, to follow its name."""


@dataclass(frozen=True)
class DataFile:
    """One file of a source.

    Attributes:
        path: Where it lies in the source; an archive counts as a folder of its name.
        shown: The same for people: where it lies on the disk, or in which archive.
        read: Returns its bytes, or raises an `UnreadableError`.
        stamp: Differs if the file has changed.
    """

    path: PurePosixPath
    shown: str
    read: Callable[[], bytes]
    stamp: str

    @property
    def is_picture(self) -> bool:
        """Whether its name is that of an image."""
        return self.path.suffix.lower() in SUFFIXES


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[tuple[DataFile, ...]]:
    """Open folders, archives and single files; yield all that is in them, in order.

    Archives at the top of a folder are opened too. The files can be read inside of the ``with``.

    Raises:
        DatasetError: A path does not exist, or an archive is none or cannot be trusted.
    """
    with ExitStack() as stack:
        files: list[DataFile] = []
        for path in paths:
            if path.is_dir():
                files += _in_folder(path)
                archives = sorted(path.glob("*.zip"))
            elif path.suffix.lower() == ".zip":
                archives = [path]
            elif path.is_file():
                archives = []
                files.append(_on_disk(path, PurePosixPath(path.name)))
            else:
                raise DatasetError(f"{path}: no such file or folder")
            for archive in archives:
                files += _in_archive(archive, stack)
        yield tuple(files)


def _in_folder(root: Path) -> Iterator[DataFile]:
    seen: set[tuple[int, int]] = set()
    for name, folders, names in os.walk(root, followlinks=True):
        here = Path(name)
        status = here.stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(folder for folder in folders if _is_somebodys(folder))
        for file in sorted(names):
            if _is_somebodys(file) and not file.lower().endswith(".zip"):
                path = here / file
                yield _on_disk(path, PurePosixPath(path.relative_to(root).as_posix()))


def _on_disk(path: Path, inside: PurePosixPath) -> DataFile:
    try:
        status = path.stat()
        stamp = f"{status.st_size} {status.st_mtime_ns}"
    except OSError:
        stamp = "unreadable"
    return DataFile(inside, printable_path(path), partial(_read_file, path), stamp)


def _read_file(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableError("a link to nothing, or no regular file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"larger than {MAX_BYTES >> 20} MiB")
    return data


def _in_archive(path: Path, stack: ExitStack) -> Iterator[DataFile]:
    try:
        file = stack.enter_context(path.open("rb"))
        status = path.stat()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error
    archive = open_archive(file, str(path), _LIMITS)
    if isinstance(archive, Finding):
        raise DatasetError(f"{path}: {archive.message} Download it again")
    for name in archive.files:
        if all(map(_is_somebodys, name.parts)):
            yield DataFile(
                PurePosixPath(path.stem) / name,
                f"{printable_path(path)}/{printable_path(name)}",
                partial(_read_entry, archive, name),
                f"{status.st_size} {status.st_mtime_ns}",
            )


def _read_entry(archive: Archive, name: PurePosixPath) -> bytes:
    data = archive.read(name, MAX_BYTES)
    if isinstance(data, Finding):
        raise UnreadableError(data.message)
    return data


def printable_path(path: Path | PurePosixPath) -> str:
    """Return a path without what would garble a terminal."""
    return "/".join(map(printable, str(path).split("/")))


def _is_somebodys(name: str) -> bool:
    """Whether a file or folder was put there by a person, and not by some program for itself."""
    return not name.startswith(".") and name not in _NOT_ANYBODYS
