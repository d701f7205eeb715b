"""The class list: who was to hand something in, and what is known of them.

`autograder.lms.roster_formats` reads one. Submission times come from it or from a download, and
from nowhere else: the dates of files say when they were copied.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from autograder.models import Person
from autograder.names import WINDOWS_DEVICES

_MAX_ID_BYTES = 120


def safe_id(name: str, ending: str = "") -> str:
    """Return a name made safe as a file name on every system.

    Letters and digits of any script, ``.``, ``_`` and ``-`` stay (Unicode NFC); anything else
    becomes ``-``. Never empty, never hidden, at most 120 bytes of UTF-8, ``ending`` included.
    """
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(char if _is_safe(char) else " " for char in composed)
    joined = "-".join(kept.split()).lstrip(".-")
    if joined.rstrip(".-").partition(".")[0].casefold() in WINDOWS_DEVICES:
        joined = f"_{joined}"
    most = _MAX_ID_BYTES - len(ending)
    short = joined.encode()[:most].decode(errors="ignore").rstrip(".-")
    return (short or "submission") + ending


def _is_safe(char: str) -> bool:
    # L, M, N: letters, the marks that some scripts write on them, numbers.
    return char in "._-" or unicodedata.category(char)[0] in "LMN"


@dataclass(frozen=True)
class Student:
    """One line of the roster.

    Attributes:
        submission_id: As the submission's id will be (see `safe_id`); empty where the roster
            does not say.
        student_id: What marks are entered under; the submission's id where the roster has none.
        name: Empty where the roster has none.
        submitted_at: With a time zone; None where the roster has none.
        person: All that the roster says of who it is.
        groups: That the student is in.
        due: Own due time, with a time zone; None for everybody's.
    """

    submission_id: str
    student_id: str
    name: str = ""
    submitted_at: datetime | None = None
    person: Person = field(default_factory=Person)
    groups: tuple[str, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True)
class Roster:
    """Everybody who was to hand something in.

    Attributes:
        students: In the order of the list.
        notes: What of the list could not be understood, for whoever gave it.
    """

    students: tuple[Student, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def _by_id(self) -> Mapping[str, Student]:
        named = (student for student in self.students if student.submission_id)
        return {student.submission_id.casefold(): student for student in named}

    def find(self, submission_id: str) -> Student | None:
        """Return who handed this in by the roster's word, upper and lower case being the same."""
        return self._by_id.get(safe_id(submission_id).casefold())
