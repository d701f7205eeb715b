"""Blackboard, “Assignment File Download”: flat, with a receipt of each attempt.

``{assignment}_{username}_attempt_{2027-01-31-23-59-00}_{file}``, and the receipt the same without
a file, ``….txt``, whose first line is ``Name: {full name} ({username})``. Usernames and assignments
may hold underscores: the receipt tells where one ends, or else what all names have in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.lms import clock
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.tree import Read, Tree, common_start, read_text
from autograder.models import Person

_FILE = re.compile(
    r"(?P<who>.+?)_attempt_(?P<time>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_FIRST_LINE = re.compile(r"[^:]{1,40}:\s*(?P<name>.*?)\s*\((?P<username>[^()]+)\)\s*")


@dataclass
class _Attempt:
    who: str
    time: str
    origin: str
    receipt: Read | None = None
    files: list[tuple[str, Read]] = field(default_factory=list)


def read(tree: Tree) -> Download:
    """Return what is named as Blackboard names it; nothing else is taken."""
    attempts: dict[tuple[str, str], _Attempt] = {}
    strays = list(tree.folders)
    for name, file in tree.files.items():
        match = _FILE.fullmatch(name)
        if not match:
            strays.append(name)
            continue
        key = (match["who"], match["time"])
        attempt = attempts.setdefault(key, _Attempt(*key, name))
        if match["file"]:
            attempt.files.append((match["file"], file))
        else:
            attempt.receipt = file
    people = _people(list(attempts.values()))
    return Download(
        tuple(_handed_in(attempt, people[attempt.who]) for attempt in attempts.values()),
        tuple(strays),
    )


def _people(attempts: list[_Attempt]) -> Mapping[str, Person]:
    """Return, by what stands before ``_attempt_``, who that is."""
    people: dict[str, Person] = {}
    for attempt in attempts:
        person = _receipt(attempt.receipt)
        if person and attempt.who.endswith(f"_{person.username}"):
            people[attempt.who] = person
    start = _assignment({attempt.who for attempt in attempts}, people)
    for attempt in attempts:
        username = attempt.who.removeprefix(start)
        people.setdefault(attempt.who, Person(username=username))
    return people


def _assignment(whos: set[str], people: Mapping[str, Person]) -> str:
    """Return what stands before the username, the same for all."""
    for who, person in people.items():
        return who.removesuffix(person.username)
    if len(whos) == 1:
        (who,) = whos
        return who[: who.rindex("_") + 1] if "_" in who else ""
    return common_start(whos, "_")


def _receipt(file: Read | None) -> Person | None:
    text = read_text(file) if file else None
    match = _FIRST_LINE.fullmatch(text.partition("\n")[0]) if text else None
    return Person(name=match["name"], username=match["username"]) if match else None


def _handed_in(attempt: _Attempt, person: Person) -> HandedIn:
    return HandedIn(
        key=person.username,
        students=(person,),
        files=Tree.of(attempt.files).folder(),
        origin=attempt.origin,
        submitted_at=clock.parse(attempt.time),
    )
