"""Takes submissions in: finds them, reads them, gives them ids. Runs and imports nothing of theirs.

A path on the command line may be

* a ``.py`` file or a notebook: one submission;
* a folder that holds ``submission.py`` or ``submission.ipynb``: one submission, with the other
  ``.py`` files in it as its helper modules;
* any other folder: each ``.py`` file, notebook and sub-folder in it is a submission.

Whatever is odd about a submission becomes one of its ``problems``, so nobody is dropped in
silence. Links and special files are never opened: what a link points to is not the student's.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.config import Config
from autograder.errors import IntakeError
from autograder.models import Finding, Location, SourceFile, Submission
from autograder.reading import MAX_BYTES, as_source, printable, read, unreadable
from autograder.roster import Roster, safe_id

MAX_FILES = 64
_MAX_WRAPPING = 4
_SUFFIXES = {".py", ".ipynb"}
_OTHER_FOLDERS = {"__pycache__", "__MACOSX", "checks"}
_OTHER_FILES = {"conftest.py", "test.py"}


@dataclass(frozen=True)
class _Found:
    """A file or folder that is one submission, and the name its id is made of."""

    name: str
    path: Path

    @property
    def key(self) -> Path:
        # Only the parent is resolved: the thing itself may be a link, which is not followed.
        return (
            self.path.parent.resolve() / self.path.name if self.path.name else self.path.resolve()
        )


def collect(
    paths: Sequence[Path], config: Config, roster: Roster | None = None
) -> tuple[Submission, ...]:
    """Take in every submission under the given paths, each once, ordered by id.

    The first of a submission's ``files`` is its main module, named after
    ``config.assignment.module`` whatever the student called it.

    Raises:
        IntakeError: A path does not exist or holds nothing that could be graded.
    """
    found: dict[Path, _Found] = {}
    for path in paths:
        for one in _find(path, config.assignment.module):
            found.setdefault(one.key, one)
    ordered = sorted(found.values(), key=lambda one: (one.name.casefold(), str(one.key)))
    ids = unique_ids([one.name for one in ordered])
    taken = (_take_in(one, id_, config) for one, id_ in zip(ordered, ids, strict=True))
    listed = (_with_student(submission, roster) for submission in taken)
    return tuple(sorted(listed, key=lambda submission: (submission.id.casefold(), submission.id)))


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
            id_ = f"{base}-{number}"
        seen.add(id_.casefold())
        ids.append(id_)
    return ids


def _with_student(submission: Submission, roster: Roster | None) -> Submission:
    student = roster.find(submission.id) if roster else None
    if student is None:
        return submission
    return replace(
        submission,
        student_id=student.student_id,
        name=student.name,
        submitted_at=student.submitted_at,
    )


# --- finding them -------------------------------------------------------------------------------


def _find(path: Path, module: str) -> list[_Found]:
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
    if not stat.S_ISREG(mode) or path.suffix.lower() not in _SUFFIXES:
        raise IntakeError(
            f"{path}: cannot be graded; expected a .py file, a .ipynb notebook or a folder of them "
            "(unpack archives first)"
        )
    return [_Found(path.resolve().parent.name if path.stem == module else path.stem, real)]


def _find_in_folder(folder: Path, module: str) -> list[_Found]:
    entries = list(_entries(folder))
    if {f"{module}.py", f"{module}.ipynb"} & {entry.name for entry in entries}:
        return [_Found(folder.resolve().name, folder)]
    found = [
        _Found(entry.name if entry.is_dir() else Path(entry.name).stem, folder / entry.name)
        for entry in entries
    ]
    if not any(_holds_source(one.path) for one in found):
        raise IntakeError(
            f"{folder}: nothing to grade in it; looked for {module}.py, {module}.ipynb, other .py "
            "files and notebooks, and folders of those"
        )
    return found


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield, by name, what may be a submission or part of one: sources, links to, folders."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if entry.name not in _OTHER_FOLDERS:
                    yield entry
            elif (
                Path(entry.name).suffix.lower() in _SUFFIXES
                and entry.name not in _OTHER_FILES
                and not entry.name.startswith("test_")
            ):
                yield entry


def _holds_source(path: Path) -> bool:
    if not path.is_dir():
        return True
    try:
        folder = _unwrap(path)
        return any(not entry.is_dir() for entry in _entries(folder))
    except OSError:
        return False


def _unwrap(folder: Path) -> Path:
    """Step into a folder that holds nothing but one folder, as archives often make them."""
    for _ in range(_MAX_WRAPPING):
        entries = list(_entries(folder))
        if len(entries) != 1 or not entries[0].is_dir(follow_symlinks=False):
            break
        folder /= entries[0].name
    return folder


# --- reading them -------------------------------------------------------------------------------


def _take_in(found: _Found, id_: str, config: Config) -> Submission:
    """Read one submission; what is wrong with it becomes its problems."""
    module = config.assignment.module
    chosen = _choose(found.path, module)
    if isinstance(chosen, Finding):
        return _submission(found, id_, (), {}, (chosen,))
    main, *helpers = chosen
    names = {main: f"{module}.py"} | {helper: helper.name for helper in helpers}
    files: list[SourceFile] = []
    contents: dict[str, bytes] = {}
    problems = [_shadowing(helper, config) for helper in helpers]
    room = MAX_BYTES
    for path, name in names.items():
        data = read(path, room)
        if isinstance(data, Finding):
            problems.append(data)
            continue
        room -= len(data)
        origin = printable(path.name)
        contents[origin] = data
        source = as_source(data, name, origin)
        if isinstance(source, SourceFile):
            files.append(source)
        else:
            problems.append(source)
    return _submission(
        found, id_, tuple(files), contents, tuple(problem for problem in problems if problem)
    )


def _submission(
    found: _Found,
    id_: str,
    files: tuple[SourceFile, ...],
    contents: dict[str, bytes],
    problems: tuple[Finding, ...],
) -> Submission:
    digest = hashlib.sha256()
    for name, data in sorted(contents.items()):
        # Lengths go in too: no two sets of files may run into the same bytes.
        digest.update(f"{len(name.encode())} {len(data)} {name}".encode())
        digest.update(data)
    return Submission(
        id=id_,
        student_id=id_,
        name="",
        path=found.path,
        files=files,
        sha256=digest.hexdigest(),
        problems=problems,
    )


def _choose(path: Path, module: str) -> list[Path] | Finding:
    """Return the main file and its helpers, or why there is no telling."""
    if path.is_symlink():
        return unreadable(path, "is a link, and links are not followed")
    if not path.is_dir():
        return [path]
    try:
        folder = _unwrap(path)
        files = [folder / entry.name for entry in _entries(folder) if not entry.is_dir()]
    except OSError as error:
        return unreadable(path, f"cannot be opened ({error.strerror})")
    modules = [file for file in files if file.suffix.lower() == ".py"]
    notebooks = [file for file in files if file.suffix.lower() == ".ipynb"]
    named = [file for file in (*modules, *notebooks) if file.stem == module]
    mains = named[:1] or notebooks or modules
    if len(mains) != 1:
        return _no_main(mains, module)
    helpers = [file for file in modules if file != mains[0] and file.stem.isidentifier()]
    if len(helpers) >= MAX_FILES:
        return Finding(
            "too-large",
            f"There are {len(helpers) + 1} Python files; at most {MAX_FILES} are read.",
            f"Hand in {module}.py and the modules that it imports, nothing else.",
        )
    return [mains[0], *helpers]


def _no_main(candidates: list[Path], module: str) -> Finding:
    if not candidates:
        return Finding(
            "no-submission",
            f"There is no {module}.py and no {module}.ipynb in this folder.",
            "Hand in the file that you filled in, not packed and not in a folder of its own.",
        )
    names = ", ".join(printable(file.name) for file in candidates[:5])
    return Finding(
        "ambiguous",
        f"There are several files, and none is called {module}: {names}.",
        f"Rename the one that defines build_model to {module}{candidates[0].suffix.lower()}.",
    )


def _shadowing(helper: Path, config: Config) -> Finding | None:
    if helper.stem not in sys.stdlib_module_names | set(config.rules.allowed_imports):
        return None
    return Finding(
        "module-name",
        f"{helper.name} has the name of a library, so one would hide the other.",
        f"Rename it, for example to my_{helper.name}, or leave it out.",
        Location(helper.name),
    )
