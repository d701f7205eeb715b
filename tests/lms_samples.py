"""One class, packed as each learning management system packs it.

The shapes are written down from the systems' own sources and documents, here and nowhere else:
what reads them is never asked to write them.
"""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

CET = timezone(timedelta(hours=1))
DUE = datetime(2027, 1, 31, 23, 59, tzinfo=CET)
ASSIGNMENT = "Road signs 1"
SOURCE = b"x = 1\n"


@dataclass(frozen=True)
class Learner:
    """Somebody on the class list.

    Attributes:
        given: Given names; empty for those who have but one name.
        family: Family name, or the only one.
        user_id: The system's own number: Canvas's ID, Moodle's participant, Blackboard's none.
        number: The school's: SIS user id, OrgDefinedId, Gradescope's SID.
        username: Login.
        email: Address.
        section: Of the class.
        team: Name of the team; empty for those who work alone.
        submitted_at: Of the only or last attempt; None for those who handed nothing in.
        files: Handed in, by name.
    """

    given: str
    family: str
    user_id: int
    number: str
    username: str
    email: str
    section: str = "A"
    team: str = ""
    submitted_at: datetime | None = DUE - timedelta(hours=3)
    files: Mapping[str, bytes] = field(default_factory=lambda: {"submission.py": SOURCE})

    @property
    def name(self) -> str:
        """As most systems show it."""
        return f"{self.given} {self.family}".strip()

    @property
    def sortable(self) -> str:
        """As Canvas sorts it."""
        return f"{self.family}, {self.given}" if self.given else self.family

    @property
    def late(self) -> bool:
        """Whether it was handed in after the due time."""
        return self.submitted_at is not None and self.submitted_at > DUE


def learner(given: str, family: str, number: int, **others: object) -> Learner:
    """Return somebody whose ids are all made of one number."""
    return Learner(
        given, family, 40_000 + 17 * number, f"M{700_000 + number}", f"user{number:03}",
        f"user{number:03}@example.edu", **others,  # type: ignore[arg-type]
    )  # fmt: skip


CLASS = (
    learner("Anna", "Schmidt", 1),
    learner("Søren", "Ærø-Jørgensen", 2, section="B"),
    learner("", "Sukarno", 3),
    learner("Wei", "Zhang", 4),
    learner("Wei", "Zhang", 5, section="B"),  # not the same person
    learner("محمد", "العلي", 6),
    learner("伟", "王", 7),
    learner("प्रिया", "शर्मा", 8, submitted_at=DUE + timedelta(hours=30)),
    learner("Seán", "O'Brien", 9, submitted_at=None),
    learner("Мария Ивановна", "Кузнецова", 10),
    learner("Jean-Luc", "de la Tour", 11, files={"submission-2.py": SOURCE, "essay.pdf": b"%PDF"}),
    learner("Nguyễn Thị", "Hoa", 12, files={"hw (1).zip": b""}, section="B"),
    learner("", "ஜெயா", 13, submitted_at=DUE + timedelta(minutes=2)),
    learner("김", "민준", 14, files={"notes.pdf": b"%PDF"}),
)
# The same course with an assignment for teams; one of the class is on no team.
TEAMS = tuple(
    learner(given, family, number, team=team, section="A")
    for number, (given, family, team) in enumerate(
        [
            ("Anna", "Schmidt", "Team Grün"),
            ("Søren", "Ærø-Jørgensen", "Team Grün"),
            ("", "Sukarno", "Zebra"),
            ("伟", "王", "Zebra"),
            ("Wei", "Zhang", "Zebra"),
            ("Seán", "O'Brien", ""),
        ],
        start=1,
    )
)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a .zip archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def unpacked(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write files below a folder, as whoever unpacks an archive does."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def handed_in(class_: Iterable[Learner]) -> list[Learner]:
    """Return who handed something in; of a team, the first of its members."""
    first = {one.team or one.user_id: one for one in reversed(list(class_)) if one.submitted_at}
    return list(reversed(first.values()))


def files_of(one: Learner) -> dict[str, bytes]:
    """Return what somebody handed in; an archive without bytes becomes a real one."""
    inside = {"hw/submission.py": SOURCE, "__MACOSX/hw/._submission.py": b"\0"}
    return {
        name: content or (packed(inside) if name.endswith(".zip") else b"")
        for name, content in one.files.items()
    }


# --- Canvas -------------------------------------------------------------------------------------


def canvas_name(name: str) -> str:
    """Return a sortable name as Canvas puts it in front of file names."""
    kept = (char for char in name if unicodedata.category(char)[0] in "LMN" or char == "_")
    return "".join(kept).lower()


def canvas_zip(class_: Sequence[Learner], *, anonymous: bool = False) -> dict[str, bytes]:
    """Return the files of “Download submissions”: flat; of a team, under the team's name."""
    files: dict[str, bytes] = {}
    for one in handed_in(class_):
        who = canvas_name(one.team or one.sortable)
        late = "LATE_" if one.late else ""
        start = f"anon_{anonymous_id(one)}_{late}" if anonymous else f"{who}_{late}{one.user_id}_"
        for number, (name, content) in enumerate(files_of(one).items()):
            files[f"{start}{one.user_id * 10 + number}_{name}"] = content
    return files


def anonymous_id(one: Learner) -> str:
    """Return the five letters and digits that stand for somebody."""
    digits = "0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
    number, letters = one.user_id * 7919, ""
    for _ in range(5):
        number, digit = divmod(number, len(digits))
        letters += digits[digit]
    return letters


# --- Moodle -------------------------------------------------------------------------------------

GROUP_ID = 900


def moodle_zip(
    class_: Sequence[Learner], *, anonymous: bool = False, ending: str = "", folders: bool = True
) -> dict[str, bytes]:
    """Return “Download all submissions”.

    Args:
        class_: Who.
        anonymous: The names are hidden from whoever marks.
        ending: ``_`` in old versions.
        folders: Whether each has a folder.
    """
    teams = sorted({one.team for one in class_ if one.team})
    files: dict[str, bytes] = {}
    for one in handed_in(class_):
        name = "Participant" if anonymous else moodle_name(one.team or one.name)
        id_ = GROUP_ID + teams.index(one.team) if one.team else one.user_id
        separator = "/" if folders else "_"
        start = f"{name}_{id_}_assignsubmission_file{ending}{separator}"
        files |= {start + name: content for name, content in files_of(one).items()}
    return files


def moodle_name(name: str) -> str:
    """Return a name without what file names may not have, and without underscores."""
    return "".join(char for char in name.replace("_", " ") if char not in '<>:"/\\|?*&#%').strip()


# --- Blackboard ---------------------------------------------------------------------------------


def blackboard_zip(class_: Sequence[Learner], *, receipts: bool = True) -> dict[str, bytes]:
    """Return “Assignment File Download”: flat, with a receipt of each attempt."""
    files: dict[str, bytes] = {}
    for one in handed_in(class_):
        assert one.submitted_at
        files |= blackboard_attempt(one, one.submitted_at, files_of(one), receipt=receipts)
    return files


def blackboard_attempt(
    one: Learner, at: datetime, contents: Mapping[str, bytes], *, receipt: bool = True
) -> dict[str, bytes]:
    """Return the files of one attempt."""
    start = f"{ASSIGNMENT}_{one.team or one.username}_attempt_{at:%Y-%m-%d-%H-%M-%S}"
    files = {f"{start}_{name}": content for name, content in contents.items()}
    if receipt:
        lines = [
            f"Name: {one.team or one.name} ({one.team or one.username})",
            f"Assignment: {ASSIGNMENT}",
            f"Date Submitted: {at:%A, %d %B %Y %H:%M:%S} o'clock CET",
            "Current Grade: Needs Grading",
            "",
            "Submission Field:",
            "There is no student submission text data for this assignment.",
            "",
            "Files:",
            *(f"\tOriginal filename: {name}\n\tFilename: {start}_{name}" for name in contents),
        ]
        files[f"{start}.txt"] = "\r\n".join(lines).encode()
    return files


# --- Brightspace --------------------------------------------------------------------------------


def brightspace_zip(
    class_: Sequence[Learner], *, folders: bool = True, dropbox: int = 77_123
) -> dict[str, bytes]:
    """Return the download of an assignment folder."""
    files = {"index.html": b"<html></html>"}
    for one in handed_in(class_):
        assert one.submitted_at
        at = one.submitted_at
        time = f"{at:%b} {at.day}, {at.year} {at.hour % 12 or 12}{at.minute:02} {at:%p}"
        start = f"{one.user_id}-{dropbox} - {one.team or one.name} - {time}"
        separator = "/" if folders else " - "
        files |= {f"{start}{separator}{name}": data for name, data in files_of(one).items()}
    return files


# --- Gradescope ---------------------------------------------------------------------------------


def gradescope_zip(class_: Sequence[Learner], *, anonymous: bool = False) -> dict[str, bytes]:
    """Return “Export submissions”: a folder each, and a table with Ruby's colons."""
    top = "assignment_4711_export"
    lines = ["---"]
    files: dict[str, bytes] = {}
    for one in handed_in(class_):
        assert one.submitted_at
        folder = f"submission_{one.user_id + 500_000}"
        files |= {f"{top}/{folder}/{name}": data for name, data in files_of(one).items()}
        members = [
            other for other in class_ if other == one or (one.team and other.team == one.team)
        ]
        lines += [f"{folder}:", "  :submitters:"]
        for member in members:
            if anonymous:
                lines += ["  - :sid:", "    :email:"]
                continue
            lines += [
                f"  - :name: {json.dumps(member.name, ensure_ascii=False)}",
                f"    :sid: {json.dumps(member.number)}",
                f"    :email: {member.email}",
            ]
        at = one.submitted_at.astimezone(UTC)
        lines += [
            f"  :created_at: {at:%Y-%m-%d %H:%M:%S.%f}000 Z",
            "  :score:",
            "  :status: unprocessed",
            "  :results: {}",
            "  :history: []",
        ]
    files[f"{top}/submission_metadata.yml"] = "\n".join([*lines, ""]).encode()
    return files


# --- GitHub Classroom and plain folders ---------------------------------------------------------


def github_clones(class_: Sequence[Learner], slug: str = "road-signs") -> dict[str, bytes]:
    """Return what ``gh classroom clone student-repos`` leaves."""
    files: dict[str, bytes] = {}
    for one in handed_in(class_):
        folder = f"{slug}-submissions/{slug}-{one.team or one.username}"
        files |= {f"{folder}/{name}": data for name, data in files_of(one).items()}
        files[f"{folder}/.git/HEAD"] = b"ref: refs/heads/main\n"
        files[f"{folder}/README.md"] = b"# Road signs\n"
    return files


def plain_folders(class_: Sequence[Learner]) -> dict[str, bytes]:
    """Return a folder for each student, named after the login."""
    return {
        f"{one.team or one.username}/{name}": data
        for one in handed_in(class_)
        for name, data in files_of(one).items()
    }


# What each is called on the command line, and what writes it.
FORMATS: Mapping[str, Callable[[Sequence[Learner]], dict[str, bytes]]] = {
    "canvas": canvas_zip,
    "moodle": moodle_zip,
    "blackboard": blackboard_zip,
    "brightspace": brightspace_zip,
    "gradescope": gradescope_zip,
    "github": github_clones,
    "folder": plain_folders,
}
