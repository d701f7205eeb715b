"""Gradescope, “Export submissions”: ``submission_{id}/`` each, and ``submission_metadata.yml``.

The table is Ruby's YAML: its keys begin with a colon, and it may name Ruby's own types, which are
passed over. The export holds the attempt that counts, of earlier ones nothing but scores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from autograder.errors import IntakeError
from autograder.lms import clock
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.tree import Read, Tree
from autograder.models import Finding, Person

_TABLE = "submission_metadata.yml"
_MOST_TABLE_BYTES = 256 << 20
_FOLDER = re.compile(r"submission_\d+")


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


def _handed_in(name: str, entry: Mapping[str, Any], tree: Tree) -> HandedIn:
    submitters = entry.get(":submitters")
    people = [_person(one) for one in submitters if isinstance(one, dict)] if submitters else []
    students = tuple(person for person in people if person != Person())
    who = sorted(person.number or person.email or person.name for person in students)
    return HandedIn(
        key="_".join(who) or name,
        students=students or (Person(),),
        files=(tree.enter(name) if name in tree.folders else Tree()).folder(),
        origin=name,
        submitted_at=_time(entry.get(":created_at")),
    )


def _entry(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    entry = table.get(name)
    return entry if isinstance(entry, dict) else {}


def _person(submitter: Mapping[str, Any]) -> Person:
    def text(key: str) -> str:
        value = submitter.get(key)
        return "" if value is None else str(value).strip()

    return Person(name=text(":name"), number=text(":sid"), email=text(":email"))


def _time(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return clock.parse(value) if isinstance(value, str) else None


def _table(file: Read) -> dict[str, Any]:
    import yaml

    data = file(_MOST_TABLE_BYTES)
    if isinstance(data, Finding):
        raise IntakeError(f"{_TABLE}: {data.message}")
    try:
        table = yaml.load(data, _loader())  # noqa: S506 - it makes nothing but plain values
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise IntakeError(f"{_TABLE}: is no table of Gradescope's: {error}") from error
    return table if isinstance(table, dict) else {}


def _loader() -> Any:
    """Return a safe loader that reads Ruby's objects as the plain values that they hold."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    def plain(loader: Any, _: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node)
        return loader.construct_scalar(node)

    Loader.add_multi_constructor("!ruby/", plain)
    # Student ids may look like numbers, and leading zeros count.
    Loader.yaml_implicit_resolvers = {
        key: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":int", ":float"))]
        for key, resolvers in Loader.yaml_implicit_resolvers.items()
    }
    return Loader
