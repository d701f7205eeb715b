"""Canvas, “Download submissions”: flat, each file named after whose it is.

``{sortable name}_[LATE_]{user id}_{attachment id}_{file}``, the name in lower case and without
whatever is no letter, digit or underscore; ``anon_{anonymous id}_[LATE_][{attachment id}_]{file}``
where marking is anonymous; a text entry is ``…_{user id}_text.html``, a link ``…_link.html``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.tree import Read, Tree
from autograder.models import Person

_NAMED = re.compile(
    r"""(?P<name>.*?)_(?P<late>LATE_)?(?P<user>\d{1,20})_
        (?: (?P<attachment>\d{1,20})_(?P<file>.+) | (?P<entry>text|link)\.html )""",
    re.VERBOSE | re.DOTALL,
)
_ANONYMOUS = re.compile(
    r"anon_(?P<user>[0-9A-Za-z]+)_(?P<late>LATE_)?(?:(?P<attachment>\d{1,20})_)?(?P<file>.+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class _Entry:
    original: str
    key: str
    person: Person
    late: bool
    attachment: int
    file: str


def read(tree: Tree) -> Download:
    """Return what is named as Canvas names it; nothing else is taken."""
    # Somebody may be called Anon; a download is anonymous as a whole or not at all.
    anonymous = all(name.startswith("anon_") for name in tree.files)
    parse = _anonymous if anonymous else _named
    entries: dict[str, list[_Entry]] = {}
    strays = list(tree.folders)
    for name in tree.files:
        entry = parse(name)
        if entry:
            entries.setdefault(entry.key, []).append(entry)
        else:
            strays.append(name)
    return Download(
        tuple(_handed_in(of_one, tree.files) for of_one in entries.values()), tuple(strays)
    )


def _named(name: str) -> _Entry | None:
    match = _NAMED.fullmatch(name)
    if not match:
        return None
    return _Entry(
        original=name,
        key=f"{match['name']}_{match['user']}",
        person=Person(name=match["name"], user_id=match["user"]),
        late=bool(match["late"]),
        attachment=int(match["attachment"] or 0),
        file=match["file"] or f"{match['entry']}.html",
    )


def _anonymous(name: str) -> _Entry | None:
    match = _ANONYMOUS.fullmatch(name)
    if not match:
        return None
    return _Entry(
        original=name,
        key=f"anon_{match['user']}",
        person=Person(),
        late=bool(match["late"]),
        attachment=int(match["attachment"] or 0),
        file=match["file"],
    )


def _handed_in(entries: Iterable[_Entry], files: Mapping[str, Read]) -> HandedIn:
    entries = sorted(entries, key=lambda entry: entry.attachment)
    return HandedIn(
        key=entries[0].key,
        students=(entries[0].person,),
        files=Tree.of((entry.file, files[entry.original]) for entry in entries).folder(),
        origin=entries[0].original,
        late=any(entry.late for entry in entries),
        sequence=entries[-1].attachment,
    )
