"""Names and ids of people, made comparable between systems that write them differently."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from autograder.models import Person
from autograder.names import printable

# Names of more words than this are compared whole.
_MOST_WORDS = 8


def words(name: str) -> list[str]:
    """Return the words of a name: letters, marks and digits of any script, without case."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char if _is_word(char) else " " for char in folded).split()


def name_keys(name: str) -> frozenset[str]:
    """Return what a name on a class list may look like elsewhere.

    Its words in any order, and run together from each word on: “Schmidt, Anna” is “Anna Schmidt”
    and Canvas's “schmidtanna”.
    """
    parts = words(name)
    if not parts:
        return frozenset()
    turns = range(len(parts) if len(parts) <= _MOST_WORDS else 1)
    together = {"".join((*parts[turn:], *parts[:turn])) for turn in turns}
    return frozenset({_sorted(parts), *together})


def lookups(name: str) -> Iterator[str]:
    """Yield what to look for among `name_keys`, for a name as a download has it."""
    parts = words(name)
    if len(parts) > 1:  # one word may be several, run together
        yield _sorted(parts)
    if parts:
        yield "".join(parts)


def contradict(name: str, other: str) -> bool:
    """Whether two names have no word in common, even where one has its words run together."""
    ours, theirs = words(name), words(other)
    if not ours or not theirs:
        return False
    in_ours = any(word in "".join(ours) for word in theirs)
    return not in_ours and not any(word in "".join(theirs) for word in ours)


def same(person: Person, other: Person) -> bool:
    """Whether two have an id in common, or what could be one name."""
    ids = ("user_id", "number", "username", "email", "github")
    pairs = [(getattr(person, id_).casefold(), getattr(other, id_).casefold()) for id_ in ids]
    if any(ours and theirs for ours, theirs in pairs):
        return any(ours == theirs != "" for ours, theirs in pairs)
    return bool(name_keys(other.name) & set(lookups(person.name)))


def fill_in(person: Person, listed: Person) -> Person:
    """Return a person with what the class list knows besides; the list's name is the right one."""
    return Person(
        name=listed.name or person.name,
        user_id=listed.user_id or person.user_id,
        number=listed.number or person.number,
        username=listed.username or person.username,
        email=listed.email or person.email,
        section=listed.section or person.section,
        github=listed.github or person.github,
    )


def marks_id(person: Person) -> str:
    """Return the id that marks would be entered under; empty where there is none."""
    return person.number or person.user_id or person.username or person.email or person.github


def shown(person: Person) -> str:
    """Return a person in one line: an id and the name."""
    id_ = person.number or person.username or person.email or person.user_id or person.github
    return printable(re.sub(r"\s+", " ", f"{id_} {person.name}").strip())


def _sorted(parts: list[str]) -> str:
    return " ".join(sorted(parts))


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"
