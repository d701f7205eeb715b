"""YAML that somebody else has written, as texts, lists and mappings, and nothing else.

Covers: types, of which YAML's own and Ruby's are passed over and others refused; aliases and merges
that multiply what they name; depth, which the C loader would follow until it crashes; length.
Nothing is guessed from what a text looks like: student ids look like numbers, and their leading
zeros count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

Plain = str | None | list["Plain"] | dict[str, "Plain"]
_MAX_DEPTH, _MAX_VALUES = 30, 2_000_000
_NOTHING = {"", "~", "null"}
_TYPES = re.compile(
    r"tag:yaml\.org,2002:(?:binary|bool|float|int|map|null|omap|seq|set|str|timestamp)"
    r"|!|!binary|!ruby/.*",
    re.DOTALL,
)


@dataclass
class _Open:
    """A list or a mapping whose end has not come yet; of a mapping, keys and values in turn."""

    anchor: str | None
    parts: list[Plain] = field(default_factory=list)

    def mapping(self) -> dict[str, Plain]:
        keys = self.parts[::2]
        if not all(isinstance(key, str | None) for key in keys):
            raise ValueError("a key that is no text")
        return {str(key or ""): value for key, value in zip(keys, self.parts[1::2], strict=True)}


def load_plain(data: bytes) -> Plain:
    """Return the first document; None if there is none.

    Raises:
        ValueError: It is no YAML, is too long, too deep, or has a type that is refused.
    """
    import yaml

    try:
        return _built(yaml.parse(data, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _built(events: Iterable[yaml.Event]) -> Plain:
    import yaml

    open_: list[_Open] = [_Open(None)]
    anchored: dict[str, Plain] = {}
    for event in islice(events, _MAX_VALUES):
        value: Plain
        anchor: str | None = None
        match event:
            case yaml.CollectionStartEvent():
                _refuse_type(event.tag)
                if len(open_) > _MAX_DEPTH:
                    raise ValueError("nested too deeply")
                open_.append(_Open(event.anchor))
                continue
            case yaml.CollectionEndEvent():
                ended, anchor = open_[-1], open_.pop().anchor
                value = ended.mapping() if isinstance(event, yaml.MappingEndEvent) else ended.parts
            case yaml.ScalarEvent():
                _refuse_type(event.tag)
                value, anchor = _scalar(event), event.anchor
            case yaml.AliasEvent():
                value = _named(event.anchor, anchored)
            case yaml.DocumentEndEvent() | yaml.StreamEndEvent():
                return next(iter(open_[0].parts), None)
            case _:
                continue
        if anchor is not None:
            anchored[anchor] = value
        open_[-1].parts.append(value)
    raise ValueError("too long")


def _refuse_type(tag: str | None) -> None:
    if tag is not None and not _TYPES.fullmatch(tag):
        raise ValueError(f"a type that nobody exports: {tag:.100}")


def _scalar(event: yaml.ScalarEvent) -> str | None:
    is_plain = event.implicit[0]
    return None if is_plain and event.value in _NOTHING else str(event.value)


def _named(anchor: str | None, anchored: Mapping[str, Plain]) -> Plain:
    if anchor is None or anchor not in anchored:
        raise ValueError(f"an alias of what is not there: {str(anchor)[:100]}")
    return anchored[anchor]
