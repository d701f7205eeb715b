"""Brightspace (D2L), the download of an assignment folder.

``{user}-{folder} - {full name} - {Jan 31, 2027 1159 PM}`` and then ``/`` or `` - `` and the file,
or the file's ending alone, with an ``index.html`` beside it. Every attempt is there, each under
its own time. What Brightspace exports of people does not have those numbers: names find them.
"""

from __future__ import annotations

import re

from autograder.lms import clock
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.tree import Read, Tree
from autograder.models import Person

_START = (
    r"(?P<id>\d+-\d+) - (?P<name>.+?) - (?P<time>[^-]*\d{4},? \d{1,2}:?\d\d(?: ?[AaPp]\.?[Mm]\.?)?)"
)
_FOLDER = re.compile(_START, re.DOTALL)
_FILE = re.compile(_START + r"(?: - (?P<file>.+)|\.\w+)", re.DOTALL)
_OWN = {"index.html"}


def read(tree: Tree) -> Download:
    """Return what is named as Brightspace names it; nothing else is taken."""
    found: dict[str, tuple[re.Match[str], Tree | list[tuple[str, Read]]]] = {}
    strays = []
    for name in (*tree.folders, *tree.files):
        match = (_FOLDER if name in tree.folders else _FILE).fullmatch(name)
        if not match:
            strays += [name] if name not in _OWN else []
        elif name in tree.folders:
            found[name] = (match, tree.enter(name))
        else:
            attempt = name[: match.end("time")]
            _, files = found.setdefault(attempt, (match, []))
            if isinstance(files, list):
                files.append((match["file"] or name, tree.files[name]))
    return Download(
        tuple(_handed_in(name, match, files) for name, (match, files) in found.items()),
        tuple(strays),
    )


def _handed_in(origin: str, match: re.Match[str], files: Tree | list[tuple[str, Read]]) -> HandedIn:
    tree = files if isinstance(files, Tree) else Tree.of(files)
    return HandedIn(
        key=f"{match['name']}_{match['id']}",
        students=(Person(name=match["name"]),),
        files=tree.folder(),
        origin=origin,
        submitted_at=clock.parse(match["time"]),
    )
