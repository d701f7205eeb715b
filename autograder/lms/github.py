"""GitHub Classroom: clones, ``{assignment}-{username or team}/``, each with its ``.git``.

``gh classroom clone student-repos`` puts them into ``{assignment}-submissions/``. A clone does not
tell when it was pushed, and the dates of commits are whatever their authors' clocks were set to.
"""

from __future__ import annotations

from autograder.errors import IntakeError
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.tree import Tree, common_start
from autograder.models import Person


def read(tree: Tree, name: str = "") -> Download:
    """Return the clones.

    Args:
        tree: Where they lie.
        name: Of the folder that they lie in.
    """
    clones = {folder: clone for folder in tree.folders if (clone := _clone(tree, folder))}
    start = _assignment(list(clones), name)
    strays = [folder for folder in tree.folders if folder not in clones]
    return Download(
        tuple(_handed_in(folder, start, clone) for folder, clone in clones.items()),
        (*strays, *tree.files),
    )


def _clone(tree: Tree, folder: str) -> Tree | None:
    try:
        inside = tree.enter(folder)
    except IntakeError:  # of folders that are no clones, whoever takes them in has to speak
        return None
    return inside if ".git" in inside.folders or ".git" in inside.files else None


def _assignment(clones: list[str], name: str) -> str:
    """Return what their names begin with, the dash included."""
    given = name.removesuffix("-submissions") + "-"
    if name.endswith("-submissions") and all(clone.startswith(given) for clone in clones):
        return given
    if len(clones) < 2:
        return ""
    return common_start(clones, "-")


def _handed_in(folder: str, start: str, clone: Tree) -> HandedIn:
    username = folder.removeprefix(start)
    return HandedIn(
        key=username,
        students=(Person(github=username),),
        files=clone.without_litter().folder(),
        origin=folder,
    )
