"""Gradescope, “Export submissions”: ``submission_{id}/`` each, and ``submission_metadata.yml``.

The table is Ruby's YAML: its keys begin with a colon, and it may name Ruby's own types, which are
passed over. The export holds the attempt that counts, of earlier ones nothing but scores. A student
can put such a table into an archive of their own: it is read like anything that they hand in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from autograder.errors import IntakeError
from autograder.lms import clock
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.plain_yaml import Plain, load_plain
from autograder.lms.tree import Read, Tree
from autograder.models import Finding, Person

_TABLE = "submission_metadata.yml"
_MOST_TABLE_BYTES = 64 << 20
_FOLDER = re.compile(r"submission_\d+")
# Ruby writes "2027-01-31 23:59:00.000000000 Z".
_BEFORE_ZONE = re.compile(r"\s+(?=(?:Z|[+-]\d\d:?\d\d)$)")


def read(tree: Tree) -> Download:
    """Return what the table lists, and what has a folder without being listed.

    Raises:
        IntakeError: The table cannot be read.
    """
    table = _table(tree.files[_TABLE]) if _TABLE in tree.files else {}
    named = [name for name in tree.folders if _FOLDER.fullmatch(name)] if table else []
    ours = dict.fromkeys([*table, *named])
    strays = [name for name in (*tree.folders, *tree.files) if name not in {*ours, _TABLE}]
    return Download(
        tuple(_handed_in(name, _entry(table, name), tree) for name in ours), tuple(strays)
    )


def _handed_in(name: str, entry: Mapping[str, Plain], tree: Tree) -> HandedIn:
    submitters = entry.get(":submitters")
    listed = submitters if isinstance(submitters, list) else []
    people = [_person(one) for one in listed if isinstance(one, dict)]
    students = tuple(person for person in people if person != Person())
    who = sorted(person.number or person.email or person.name for person in students)
    return HandedIn(
        key="_".join(who) or name,
        students=students or (Person(),),
        files=(tree.enter(name) if name in tree.folders else Tree()).folder(),
        origin=name,
        submitted_at=clock.parse(_BEFORE_ZONE.sub("", _text(entry, ":created_at"))),
    )


def _entry(table: Mapping[str, Plain], name: str) -> Mapping[str, Plain]:
    entry = table.get(name)
    return entry if isinstance(entry, dict) else {}


def _person(submitter: Mapping[str, Plain]) -> Person:
    return Person(
        name=_text(submitter, ":name"),
        number=_text(submitter, ":sid"),
        email=_text(submitter, ":email"),
    )


def _text(entry: Mapping[str, Plain], key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _table(file: Read) -> dict[str, Plain]:
    data = file(_MOST_TABLE_BYTES)
    if isinstance(data, Finding):
        raise IntakeError(f"{_TABLE}: {data.message}")
    try:
        table = load_plain(data)
    except ValueError as error:
        raise IntakeError(f"{_TABLE}: is no table of Gradescope's: {error}") from error
    return table if isinstance(table, dict) else {}
