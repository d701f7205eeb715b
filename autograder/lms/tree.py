"""A download as a tree of names, the same whether it is packed or lies unpacked on the disk.

Nothing is read before somebody asks for it; links are listed, and refused when they are read.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from autograder import names
from autograder.archives import Archive, ArchiveLimits
from autograder.choosing import File, Folder
from autograder.errors import IntakeError
from autograder.models import Finding
from autograder.reading import MAX_BYTES, read

# A class of thousands with some files each. What is read of a student has its own limit besides.
CLASS_LIMITS = ArchiveLimits(entries=50_000, directory_bytes=16 << 20, unpacked_bytes=16 << 30)
# What systems and file managers leave lying around.
_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_MAX_WRAPPING = 4

Read = Callable[[int], bytes | Finding]


@dataclass(frozen=True)
class Tree:
    """A folder with all that is in it, hidden files as well; by name, accents composed.

    Attributes:
        files: How to read each, if it has at most so many bytes.
        folders: How to look into each; None for links.
    """

    files: Mapping[str, Read] = field(default_factory=dict)
    folders: Mapping[str, Callable[[], Tree] | None] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Iterable[tuple[str, Read]]) -> Tree:
        """Return files by themselves; of several with one name, all but the first are renamed."""
        named: dict[str, Read] = {}
        numbers: dict[str, int] = {}
        for name, read_ in files:
            stem, dot, ending = name.rpartition(".")
            free = name
            while free in named:
                numbers[name] = number = numbers.get(name, 1) + 1
                free = f"{stem}-{number}{dot}{ending}" if stem else f"{name}-{number}"
            named[free] = read_
        return cls(named)

    def enter(self, name: str) -> Tree:
        """Return one of the folders; an empty one for a link."""
        enter = self.folders[name]
        return enter() if enter else Tree()

    def folder(self) -> Folder:
        """Return what of it may be a submission."""
        return Folder(
            *sources_and_archives(self.files),
            {
                name: partial(_folder, enter) if enter else None
                for name, enter in self.folders.items()
                if names.is_folder_to_look_into(name)
            },
        )

    def without_litter(self) -> Tree:
        """Return it without hidden files and what file managers leave."""
        return Tree(
            {name: file for name, file in self.files.items() if not _is_litter(name)},
            {name: enter for name, enter in self.folders.items() if not _is_litter(name)},
        )

    def levels(self) -> Iterable[Tree]:
        """Yield it and, as long as a folder is all that is in it, what lies in that."""
        tree = self.without_litter()
        yield tree
        for _ in range(_MAX_WRAPPING):
            if tree.files or len(tree.folders) != 1:
                return
            (name,) = tree.folders
            tree = tree.enter(name).without_litter()
            yield tree


def sources_and_archives(
    files: Mapping[str, Read],
) -> tuple[tuple[File, ...], tuple[File, ...]]:
    """Return, of files by name, those that a submission can be made of."""
    sources = tuple(File(name, read) for name, read in files.items() if names.is_source(name))
    archives = tuple(File(name, read) for name, read in files.items() if names.is_archive(name))
    return sources, archives


def common_start(names_: Collection[str], end: str) -> str:
    """Return what all names begin with, up to the last ``end`` in it."""
    first, last = min(names_, default=""), max(names_, default="")
    same = 0
    while same < len(first) and first[same] == last[same]:
        same += 1
    return first[: first.rfind(end, 0, same) + 1]


def read_text(read_: Read) -> str | None:
    """Return a small text file of the system's own; None if it is none."""
    data = read_(MAX_BYTES)
    if isinstance(data, Finding):
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def on_disk(folder: Path) -> Tree:
    """Return a folder on the disk.

    Raises:
        OSError: It cannot be opened.
    """
    files: dict[str, Read] = {}
    folders: dict[str, Callable[[], Tree] | None] = {}
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name, path = unicodedata.normalize("NFC", entry.name), folder / entry.name
            if _is_folder(entry):
                folders[name] = None if entry.is_symlink() else partial(_on_disk, path)
            else:
                files[name] = partial(read, path)
    return Tree(files, folders)


def in_archive(archive: Archive) -> Tree:
    """Return what an archive holds."""
    files = {path: partial(archive.read, path) for path in archive.files}
    return _level(files, archive.folders, 0)


def _level(files: Mapping[PurePosixPath, Read], empty: Iterable[PurePosixPath], depth: int) -> Tree:
    here: dict[str, Read] = {}
    below: dict[str, tuple[dict[PurePosixPath, Read], list[PurePosixPath]]] = {}
    for path, read_ in files.items():
        name = path.parts[depth]
        if len(path.parts) == depth + 1:
            here[name] = read_
        else:
            below.setdefault(name, ({}, []))[0][path] = read_
    for path in empty:
        if len(path.parts) > depth:
            below.setdefault(path.parts[depth], ({}, []))[1].append(path)
    return Tree(
        here,
        {name: partial(_level, *inside, depth + 1) for name, inside in sorted(below.items())},
    )


def _on_disk(folder: Path) -> Tree:
    try:
        return on_disk(folder)
    except OSError as error:
        raise IntakeError(f"{folder}: cannot be opened: {error.strerror or error}") from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _folder(enter: Callable[[], Tree]) -> Folder:
    return enter().folder()


def _is_litter(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _LITTER
