"""Moodle, “Download all submissions”: a folder each, or all files beside each other.

``{full name}_{participant}_assignsubmission_{kind}``, in older versions with ``_`` at its end, and
then ``/`` or ``_`` and the file. The kind is ``file``, or ``onlinetext`` for what was typed in.
A team's has the group's name and id. Where marking is anonymous, everybody is “Participant”.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.tree import Read, Tree
from autograder.models import Person

_WHO = r"(?P<name>.*?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)"
_FOLDER = re.compile(_WHO + "_?", re.DOTALL)
_FILE = re.compile(_WHO + "_(?P<file>.+)", re.DOTALL)


@dataclass
class _Work:
    name: str
    id: str
    origin: str
    folder: Tree | None = None
    files: list[tuple[str, Read]] = field(default_factory=list)


def read(tree: Tree) -> Download:
    """Return what is named as Moodle names it; nothing else is taken."""
    works: dict[str, _Work] = {}
    strays = []
    for name in (*tree.folders, *tree.files):
        match = (_FOLDER if name in tree.folders else _FILE).fullmatch(name)
        if not match:
            strays.append(name)
            continue
        key = f"{match['name']}_{match['id']}"
        work = works.setdefault(key, _Work(match["name"], match["id"], name))
        if match["kind"] != "file":
            continue
        if name in tree.folders:
            work.origin, work.folder = name, tree.enter(name)
        else:
            work.files.append((match["file"], tree.files[name]))
    anonymous = _anonymous([work.name for work in works.values()])
    return Download(
        tuple(_handed_in(work, anonymous=anonymous) for work in works.values()), tuple(strays)
    )


def _anonymous(names: list[str]) -> bool:
    """Whether one word, in whatever language, stands for all of them."""
    return len(set(names)) == 1 and (names[0].casefold() == "participant" or len(names) > 2)


def _handed_in(work: _Work, *, anonymous: bool) -> HandedIn:
    tree = work.folder if work.folder is not None else Tree.of(work.files)
    return HandedIn(
        key=f"{work.name}_{work.id}",
        students=(Person(name="" if anonymous else work.name, user_id=work.id),),
        files=tree.folder(),
        origin=work.origin,
    )
