"""Tells by its names what a download is: more of them have to fit than do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from autograder.lms import blackboard, brightspace, canvas, github, gradescope, moodle
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.tree import Tree, sources_and_archives
from autograder.models import Person


@dataclass(frozen=True)
class Format:
    """A way to pack a class's work.

    Attributes:
        id: What it is called on the command line.
        title: What a download is called in messages.
        read: Returns what fits; takes the name of the folder or archive besides.
    """

    id: str
    title: str
    read: Callable[[Tree, str], Download]


def _folder(tree: Tree, _: str) -> Download:
    """Return each file, archive and folder as somebody's own."""
    plain = tree.without_litter()
    sources, archives = sources_and_archives(plain.files)
    files = [
        HandedIn(file.name.rpartition(".")[0], (Person(),), one.folder(), file.name)
        for file in (*sources, *archives)
        for one in [Tree.of([(file.name, file.read)])]
    ]
    folders = [
        HandedIn(name, (Person(),), plain.enter(name).folder(), name) for name in plain.folders
    ]
    taken = {one.origin for one in files}
    return Download((*files, *folders), tuple(name for name in plain.files if name not in taken))


FOLDER = Format("folder", "a folder of submissions", _folder)
# The surest first: canvas's names tell least of where they are from.
FORMATS = (
    Format("gradescope", "a Gradescope export", lambda tree, _: gradescope.read(tree)),
    Format("moodle", "a Moodle download", lambda tree, _: moodle.read(tree)),
    Format("blackboard", "a Blackboard download", lambda tree, _: blackboard.read(tree)),
    Format("brightspace", "a Brightspace download", lambda tree, _: brightspace.read(tree)),
    Format("github", "GitHub Classroom clones", github.read),
    Format("canvas", "a Canvas download", lambda tree, _: canvas.read(tree)),
)
NAMES = (*sorted(format_.id for format_ in FORMATS), FOLDER.id)


def recognise(tree: Tree, name: str) -> tuple[Format, Download] | None:
    """Return what a download is, and what is in it; None if it is none that we know.

    Args:
        tree: The folder or archive; the download may lie in folders of its own in it.
        name: Of the folder or archive.
    """
    for level in tree.levels():
        for format_ in FORMATS:
            download = format_.read(level, name)
            names = len(level.files) + len(level.folders)
            if download.handed_in and names - len(download.strays) > len(download.strays):
                return format_, download
        name = next(iter(level.folders), name)
    return None


def read_as(id_: str, tree: Tree, name: str) -> tuple[Format, Download] | None:
    """Return what is in a download of a format that somebody named; None if nothing fits."""
    (format_,) = (one for one in (*FORMATS, FOLDER) if one.id == id_)
    levels: Iterable[Tree] = tree.levels() if format_ is not FOLDER else [list(tree.levels())[-1]]
    for level in levels:
        download = format_.read(level, name)
        if download.handed_in:
            return format_, download
        name = next(iter(level.folders), name)
    return None
