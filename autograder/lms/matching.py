"""Whose work it is: joins what was handed in with the class list, and guesses nothing.

An id that both know decides; where there is none, the name has to be one student's alone. Whatever
is left over on either side is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.lms import people
from autograder.models import Person
from autograder.names import printable
from autograder.roster import Roster, Student


@dataclass(frozen=True)
class Claim:
    """Work that looks for its students.

    Attributes:
        id: Of the submission.
        students: What the download tells of them.
        names: Other words that may be anything of theirs, such as a folder's name.
    """

    id: str
    students: tuple[Person, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """What became of a class.

    Attributes:
        students: Of the list, by the submission's id; several are a team.
        nobody: Ids of submissions that match nobody on the list.
        unsure: Why it cannot be told whose they are, by id.
        missing: Students of whom there is nothing.
    """

    students: Mapping[str, tuple[Student, ...]]
    nobody: tuple[str, ...] = ()
    unsure: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[Student, ...] = ()


@dataclass(frozen=True)
class _Answer:
    """Students that work may be of: all of them, or, if unsure, none or one of them."""

    students: tuple[int, ...] = ()
    by_name: bool = False
    unsure: str = ""


def match(claims: Sequence[Claim], roster: Roster) -> Matched:
    """Join submissions, of which each student has but one, with a class list."""
    index = _Index(roster)
    answers = {claim.id: index.answer(claim) for claim in claims}
    for student, ids in _claimed_twice(answers).items():
        shown = people.shown(roster.students[student].person)
        for id_ in _without_right(ids, answers):
            reason = f"{shown} has several: {' and '.join(ids)}"
            answers[id_] = _Answer(answers[id_].students, unsure=reason)
    named = {student for answer in answers.values() for student in answer.students}
    return Matched(
        students={
            id_: tuple(roster.students[student] for student in answer.students)
            for id_, answer in answers.items()
            if answer.students and not answer.unsure
        },
        nobody=tuple(
            id_ for id_, answer in answers.items() if not answer.students and not answer.unsure
        ),
        unsure={id_: answer.unsure for id_, answer in answers.items() if answer.unsure},
        missing=tuple(one for i, one in enumerate(roster.students) if i not in named),
    )


def _claimed_twice(answers: Mapping[str, _Answer]) -> Mapping[int, list[str]]:
    claims: dict[int, list[str]] = {}
    for id_, answer in answers.items():
        for student in answer.students if not answer.unsure else ():
            claims.setdefault(student, []).append(id_)
    return {student: ids for student, ids in claims.items() if len(ids) > 1}


def _without_right(ids: list[str], answers: Mapping[str, _Answer]) -> list[str]:
    """Return all but the one that has the student's id, if one alone has it."""
    by_id = [id_ for id_ in ids if not answers[id_].by_name]
    return [id_ for id_ in ids if by_id != [id_]]


class _Index:
    """A class list, by everything that it can be asked for."""

    def __init__(self, roster: Roster) -> None:
        self._roster, self._students = roster, roster.students
        self._numbers = {id(student): number for number, student in enumerate(roster.students)}
        self._by: dict[tuple[str, str], set[int]] = {}
        for number, student in enumerate(roster.students):
            for kind, value in _known(student):
                self._by.setdefault((kind, value), set()).add(number)

    def answer(self, claim: Claim) -> _Answer:
        """Return whose a piece of work is."""
        own = self._roster.find(claim.id)
        if own:
            return _Answer((self._numbers[id(own)],))
        group = self._group(claim)
        if group:
            return group
        answers = [self._person(person) for person in claim.students]
        answers += [self._word(name) for name in claim.names]
        unsure = next((answer for answer in answers if answer.unsure), None)
        if unsure:
            return unsure
        if not all(answer.students for answer in answers) and any(a.students for a in answers):
            return self._unsure(
                {student for answer in answers for student in answer.students},
                "some of its students are not on the list, others are",
            )
        students = dict.fromkeys(student for answer in answers for student in answer.students)
        return _Answer(tuple(students), any(answer.by_name for answer in answers))

    def _group(self, claim: Claim) -> _Answer | None:
        named = [
            name
            for person in claim.students
            for name in (person.name, person.username, person.github)
        ]
        for name in filter(None, (*named, *claim.names)):
            group = self._find("group", "".join(people.words(name)))
            if group and not self._by_name(name):
                return _Answer(tuple(sorted(group)))
            if group:
                return self._unsure(group | self._by_name(name), "a team has a student's name")
        return None

    def _person(self, person: Person) -> _Answer:
        ids = (
            ("user_id", person.user_id),
            ("number", person.number),
            ("username", person.username),
            ("email", person.email),
            ("email", person.username),
            ("username", person.email),
            ("github", person.github),
        )
        for kind, value in ids:
            found = self._find(kind, value)
            if not found:
                continue
            listed = self._students[next(iter(found))].name
            # Moodle's teams have numbers of their own, which are others' numbers as well.
            if kind == "user_id" and people.contradict(person.name, listed):
                return self._unsure(
                    found, f"its number is right, but its name is {printable(person.name)}"
                )
            return self._only(found, by_name=False)
        return self._only(self._by_name(person.name), by_name=True)

    def _word(self, word: str) -> _Answer:
        kinds = ("user_id", "number", "username", "email", "github")
        found = {student for kind in kinds for student in self._find(kind, word)}
        return self._only(found or self._by_name(word), by_name=not found)

    def _by_name(self, name: str) -> set[int]:
        for key in people.lookups(name):
            if found := self._find("name", key):
                return found
        return set()

    def _find(self, kind: str, value: str) -> set[int]:
        return self._by.get((kind, value.casefold()), set()) if value else set()

    def _only(self, found: set[int], *, by_name: bool) -> _Answer:
        if len(found) > 1:
            return self._unsure(found, "it matches several on the list")
        return _Answer(tuple(found), by_name)

    def _unsure(self, found: Iterable[int], why: str) -> _Answer:
        numbers = tuple(sorted(found))
        shown = " or ".join(people.shown(self._students[number].person) for number in numbers)
        return _Answer(numbers, unsure=f"{why}: {shown}")


def _known(student: Student) -> Iterator[tuple[str, str]]:
    person = student.person
    values = {
        "user_id": (person.user_id,),
        "number": (person.number,),
        "username": (person.username,),
        "github": (person.github,),
        # Some schools' logins are addresses.
        "email": (person.email, person.username if "@" in person.username else ""),
        "name": people.name_keys(person.name),
        "group": tuple("".join(people.words(group)) for group in student.groups),
    }
    for kind, all_ in values.items():
        yield from ((kind, value.casefold()) for value in all_ if value)
