"""Takes submissions in: finds them, reads them, gives them ids. Runs and imports nothing of theirs.

A path on the command line may be

* a ``.py`` file, a notebook or a ``.zip`` archive: one submission;
* a folder that holds ``submission.py`` or ``submission.ipynb``: one submission, with the other
  ``.py`` files in it as its helper modules;
* any other folder: each ``.py`` file, notebook, archive and sub-folder in it is a submission.

An archive holds what a folder would, and so may a folder nothing but an archive.

Whatever is odd about a submission becomes one of its ``problems``, so nobody is dropped in
silence. Links and special files are never opened: what a link points to is not the student's.
"""

from __future__ import annotations

import hashlib
import io
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autograder import names
from autograder.archives import archive_folder, open_archive
from autograder.choosing import Choice, File, Folder, choose, innermost
from autograder.config import Config
from autograder.copies import CopiedFile, HandIn, pack, unpack
from autograder.errors import IntakeError
from autograder.models import Finding, SourceFile, Submission
from autograder.names import printable
from autograder.notebooks import MAX_SOURCE_BYTES
from autograder.reading import MAX_BYTES, as_source, look, read, unreadable
from autograder.roster import safe_id


@dataclass(frozen=True)
class Found:
    """A file or folder that is one submission, and the name its id is made of."""

    name: str
    path: Path

    @property
    def key(self) -> Path:
        """Tell two of them apart, however they were written."""
        # Only the parent is resolved: the thing itself may be a link, which is not followed.
        return (
            self.path.parent.resolve() / self.path.name if self.path.name else self.path.resolve()
        )


def collect(paths: Sequence[Path], config: Config) -> tuple[Submission, ...]:
    """Take in every submission under the given paths, each once, ordered by id.

    The first of a submission's ``files`` is its main module, named after
    ``config.assignment.module`` whatever the student called it.

    Raises:
        IntakeError: A path does not exist or holds nothing that could be graded.
    """
    ordered = find(paths, config.assignment.module)
    ids = unique_ids([one.name for one in ordered])
    taken = (take_in(one.path, id_, config) for one, id_ in zip(ordered, ids, strict=True))
    return tuple(sorted(taken, key=lambda submission: (submission.id.casefold(), submission.id)))


def find(paths: Iterable[Path], module: str) -> list[Found]:
    """Return the submissions that paths stand for, each once, in the order of their names.

    Raises:
        IntakeError: A path does not exist or holds nothing that could be graded.
    """
    found: dict[Path, Found] = {}
    for path in paths:
        for one in _find(path, module):
            found.setdefault(one.key, one)
    return sorted(found.values(), key=lambda one: (one.name.casefold(), str(one.key)))


def unique_ids(names: Sequence[str]) -> list[str]:
    """Return a safe id for each name, no two alike even where upper and lower case are the same.

    The first of several keeps the plain name, the others get ``-2``, ``-3`` and so on.
    """
    wanted = [safe_id(name) for name in names]
    taken = {id_.casefold() for id_ in wanted}
    seen: set[str] = set()
    ids = []
    for base in wanted:
        id_, number = base, 1
        while id_.casefold() in seen or (number > 1 and id_.casefold() in taken):
            number += 1
            id_ = safe_id(base, f"-{number}")
        seen.add(id_.casefold())
        ids.append(id_)
    return ids


# --- finding them -------------------------------------------------------------------------------


def _find(path: Path, module: str) -> list[Found]:
    """Return the submissions that a path on the command line stands for."""
    try:
        # A link named by the user is the user's choice; links inside a folder are not.
        real = path.resolve() if path.is_symlink() else path
        mode = real.stat().st_mode
        if stat.S_ISDIR(mode):
            return _find_in_folder(real, module)
    except FileNotFoundError:
        raise IntakeError(f"{path}: no such file or folder") from None
    except OSError as error:
        raise IntakeError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(mode) or names.suffix(path.name) not in names.SOURCES | {".zip"}:
        raise IntakeError(
            f"{path}: cannot be graded; expected a .py file, a .ipynb notebook, a .zip archive or "
            "a folder of them (unpack other archives first)"
        )
    return [Found(path.resolve().parent.name if path.stem == module else path.stem, real)]


def _find_in_folder(path: Path, module: str) -> list[Found]:
    folder = look(path)
    if {f"{module}.py", f"{module}.ipynb"} & {file.name for file in folder.sources}:
        return [Found(path.resolve().name, path)]
    files = (*folder.sources, *folder.archives)
    if not files and not any(map(_holds_something, folder.folders.values())):
        raise IntakeError(
            f"{path}: nothing to grade in it; looked for {module}.py, {module}.ipynb, other .py "
            "files, notebooks, archives, and folders of those"
        )
    found = [Found(Path(file.name).stem, path / file.name) for file in files]
    return found + [Found(name, path / name) for name in folder.folders]


def _holds_something(enter: Callable[[], Folder] | None) -> bool:
    try:
        folder = enter().unwrapped() if enter else Folder()
    except OSError:
        return False
    return bool(folder.sources or folder.archives)


# --- reading them -------------------------------------------------------------------------------


def take_in(path: Path, id_: str, config: Config, folder: Folder | None = None) -> Submission:
    """Read one submission; what is wrong with it becomes its problems.

    Args:
        path: Where it lies.
        id_: Its id.
        config: The rules.
        folder: What it consists of, where that is not a file or folder of its own.
    """
    choice = _choose(path, config) if folder is None else _choose_in(folder, config)
    hand_in = _hand_in(choice)
    return replace(_submission(hand_in, id_, path), copy=pack(hand_in))


def take_in_copy(copy: bytes, id_: str) -> Submission:
    """Return the submission that a copy was made of, without who and where it came from.

    Raises:
        ResultsError: This is no copy that we made.
    """
    return _submission(unpack(copy), id_, Path(id_))


def _hand_in(choice: Choice | Finding) -> HandIn:
    """Read the chosen files."""
    if isinstance(choice, Finding):
        return HandIn(problems=(choice,))
    files: list[CopiedFile] = []
    problems = list(choice.problems)
    room = MAX_BYTES
    for file, name in choice.files:
        data = file.read(room)
        if isinstance(data, Finding):
            problems.append(data)
        else:
            room -= len(data)
            files.append(CopiedFile(file.name, name, data))
    return HandIn(tuple(files), tuple(problems))


def _submission(hand_in: HandIn, id_: str, path: Path) -> Submission:
    sources: list[SourceFile] = []
    problems = list(hand_in.problems)
    room = MAX_SOURCE_BYTES
    for file in hand_in.files:
        source = as_source(file.content, file.module, printable(file.name), room)
        if isinstance(source, SourceFile):
            room -= len(source.text.encode())
            sources.append(source)
        else:
            problems.append(source)
    return Submission(
        id=id_,
        student_id=id_,
        name="",
        path=path,
        files=tuple(sources),
        sha256=_digest(hand_in.files, problems),
        problems=tuple(problems),
    )


def _digest(files: Iterable[CopiedFile], problems: Iterable[Finding]) -> str:
    digest = hashlib.sha256()
    # Problems stand for what could not be read.
    said = (("", str(problem).encode()) for problem in problems)
    for name, data in (*sorted((file.name, file.content) for file in files), *said):
        named = name.encode("utf-8", "surrogatepass")
        # Lengths go in too: no two sets of files may run into the same bytes.
        digest.update(b"%d %d %b" % (len(named), len(data), named))
        digest.update(data)
    return digest.hexdigest()


def _choose(path: Path, config: Config) -> Choice | Finding:
    """Return the main file and its helpers, or why there is no telling."""
    if path.is_symlink():
        return unreadable(path, "is a link, and links are not followed")
    if not path.is_dir():
        file = File(path.name, partial(read, path))
        if names.suffix(path.name) in names.SOURCES:
            return Choice(((file, f"{config.assignment.module}.py"),))
        return _choose_in(Folder(archives=(file,)), config)
    try:
        return _choose_in(look(path), config)
    except OSError as error:
        return unreadable(path, f"cannot be opened ({error.strerror})")


def _choose_in(folder: Folder, config: Config) -> Choice | Finding:
    module = config.assignment.module
    folder = innermost(folder.unwrapped(), module)
    if not folder.sources and len(folder.archives) == 1:
        unpacked = _unpack(folder.archives[0])
        if isinstance(unpacked, Finding):
            return unpacked
        folder = innermost(unpacked, module)
    libraries = sys.stdlib_module_names | set(config.rules.allowed_imports)
    return choose(folder, module, libraries)


def _unpack(file: File) -> Folder | Finding:
    """Return what an archive holds; another kind than .zip is left as it is."""
    if names.suffix(file.name) != ".zip":
        return Folder(archives=(file,))
    data = file.read(MAX_BYTES)
    if isinstance(data, Finding):
        return data
    archive = open_archive(io.BytesIO(data), printable(file.name))
    return archive if isinstance(archive, Finding) else archive_folder(archive).unwrapped()
