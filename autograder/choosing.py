"""Chooses, of the files handed in, the main module and its helpers: by their names alone.

A `Folder` looks the same whether it lies on a disk or in an archive, so both obey the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from autograder import names
from autograder.models import Finding, Location
from autograder.names import printable

MAX_FILES = 64
_MAX_WRAPPING = 4
_MAX_LOOKED_INTO = 100


@dataclass(frozen=True)
class File:
    """A file that was handed in.

    Attributes:
        name: As handed in, without its folder.
        read: Returns its bytes, if there are at most as many as given, or what is wrong.
    """

    name: str
    read: Callable[[int], bytes | Finding]


@dataclass(frozen=True)
class Folder:
    """What a folder holds that may be a submission or part of one, each in the order of names.

    Attributes:
        sources: Python files and notebooks.
        archives: Files that are packed.
        folders: By name, how to look into each; None for what is not to be entered.
    """

    sources: tuple[File, ...] = ()
    archives: tuple[File, ...] = ()
    folders: Mapping[str, Callable[[], Folder] | None] = field(default_factory=dict)

    def unwrapped(self) -> Folder:
        """Step into a folder that holds nothing but one folder, as archives often make them."""
        folder = self
        for _ in range(_MAX_WRAPPING):
            if folder.sources or len(folder.folders) != 1:
                break
            (enter,) = folder.folders.values()
            if enter is None:
                break
            folder = enter()
        return folder


def innermost(folder: Folder, module: str) -> Folder:
    """Return the one folder among those inside that holds the submission; else the outer one.

    That is the only one with the main module in it or, where none has, the only one with sources.
    """
    if folder.sources:
        return folder
    inside = list(islice(_inside(folder, _MAX_WRAPPING), _MAX_LOOKED_INTO + 1))
    if len(inside) > _MAX_LOOKED_INTO:
        return folder
    full = [one for one in inside if one.sources]
    named = [one for one in full if any(names.stem(file.name) == module for file in one.sources)]
    candidates = named or full
    return candidates[0] if len(candidates) == 1 else folder


def _inside(folder: Folder, depth: int) -> Iterator[Folder]:
    for enter in folder.folders.values() if depth else ():
        if enter is not None:
            inner = enter()
            yield inner
            yield from _inside(inner, depth - 1)


@dataclass(frozen=True)
class Choice:
    """The files that make a submission.

    Attributes:
        files: The main module first, then its helpers, each with the name of its module file;
            helpers whose names cannot stay are not among them.
        problems: What is wrong with the names.
    """

    files: tuple[tuple[File, str], ...]
    problems: tuple[Finding, ...] = ()


def choose(folder: Folder, module: str, libraries: Collection[str]) -> Choice | Finding:
    """Return the files of the one submission that a folder holds, or why there is no telling.

    Args:
        folder: Unwrapped.
        module: Name of the main module, without ``.py``.
        libraries: Names that no helper may have.
    """
    modules = [file for file in folder.sources if names.suffix(file.name) == ".py"]
    notebooks = [file for file in folder.sources if names.suffix(file.name) == ".ipynb"]
    named = [file for file in (*modules, *notebooks) if names.stem(file.name) == module]
    mains = named[:1] or _renamed(modules, notebooks, module) or notebooks or modules
    if len(mains) != 1:
        return _no_main(mains, folder.archives, module)
    others = (file for file in modules if file is not mains[0])
    helpers = [file for file in others if names.could_be_imported(file.name)]
    if len(helpers) >= MAX_FILES:
        return Finding(
            "too-large",
            f"There are {len(helpers) + 1} Python files; at most {MAX_FILES} are read.",
            f"Hand in {module}.py and the modules that it imports, nothing else.",
        )
    files, problems = [(mains[0], f"{module}.py")], []
    for helper in helpers:
        problem = _misnamed(helper, libraries)
        if problem:
            problems.append(problem)
        else:
            files.append((helper, f"{names.stem(helper.name)}.py"))
    return Choice(tuple(files), (*problems, *_colliding(files)))


def _renamed(modules: list[File], notebooks: list[File], module: str) -> list[File]:
    """Return what was called as asked before some program gave it a number."""

    def of(files: list[File]) -> list[File]:
        return [file for file in files if names.original_stem(file.name) == module]

    return of(modules) or of(notebooks)


def _no_main(candidates: list[File], archives: tuple[File, ...], module: str) -> Finding:
    if not candidates and archives:
        return Finding(
            "archive",
            f"There is nothing here but {_list(archives)}; what is opened is one .zip archive, and "
            "none inside another.",
            f"Hand in {module}.py or {module}.ipynb itself, or one .zip archive with it.",
        )
    if not candidates:
        return Finding(
            "no-submission",
            f"There is no {module}.py and no {module}.ipynb here.",
            "Hand in the file that you filled in, not in a folder of its own.",
        )
    return Finding(
        "ambiguous",
        f"There are several files, and none is called {module}: {_list(candidates)}.",
        f"Rename the one that defines build_model to {module}{names.suffix(candidates[0].name)}.",
    )


def _list(files: Iterable[File]) -> str:
    shown = [printable(file.name) for file in files]
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "")


def _misnamed(helper: File, libraries: Collection[str]) -> Finding | None:
    shown = printable(helper.name)
    fault = names.module_fault(helper.name)
    hint = (
        "Rename it, with the letters a to z, digits and _, and import it under that name; or "
        "leave it out."
    )
    if fault is None and names.stem(helper.name) in libraries:
        fault = "has the name of a library, so one would hide the other"
        hint = f"Rename it, for example to my_{shown}, or leave it out."
    return Finding("module-name", f"{shown} {fault}.", hint, Location(shown)) if fault else None


def _colliding(files: Iterable[tuple[File, str]]) -> Iterator[Finding]:
    first: dict[str, File] = {}
    for file, name in files:
        other = first.setdefault(names.collision_key(name), file)
        if other is not file:
            shown, known = printable(file.name), printable(other.name)
            yield Finding(
                "ambiguous",
                f"{known} and {shown} would be one and the same module on some systems.",
                "Rename one of them, or leave it out.",
                Location(shown),
            )
