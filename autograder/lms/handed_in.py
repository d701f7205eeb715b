"""What every system's download comes to: who handed in what, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from autograder.choosing import Folder
from autograder.models import Person


@dataclass(frozen=True)
class HandedIn:
    """One attempt of a student or a team.

    Attributes:
        key: Names them within a download, the same for each of their attempts; ids are made of it.
        students: Whatever the download tells of them; a team may be one entry with its name.
        files: What they handed in, under the names that they gave it.
        origin: Name of the file or folder in the download.
        submitted_at: Without a time zone where the system writes wall clocks.
        late: Whether the download calls it late.
        sequence: Of several attempts without times, the larger one is the later.
    """

    key: str
    students: tuple[Person, ...]
    files: Folder
    origin: str
    submitted_at: datetime | None = None
    late: bool = False
    sequence: int = 0


@dataclass(frozen=True)
class Download:
    """A class's work, as a system packed it.

    Attributes:
        handed_in: In the download's order; a student may come several times.
        strays: Names of what belongs to nobody.
    """

    handed_in: tuple[HandedIn, ...]
    strays: tuple[str, ...] = ()
