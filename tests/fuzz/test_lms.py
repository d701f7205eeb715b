"""A class's work as systems pack it, with names of files that students chose; and class lists."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import strategies as st

from autograder.config import Config
from autograder.config_file import parse_config
from autograder.errors import IntakeError
from autograder.lms import clock, gradescope
from autograder.lms.attempts import Which
from autograder.lms.collecting import ClassWork, collect_class
from autograder.lms.handed_in import Download
from autograder.lms.matching import Claim, match
from autograder.lms.plain_yaml import Plain, load_plain
from autograder.lms.roster_formats import load_roster
from autograder.lms.tree import Tree
from autograder.models import Person
from autograder.outputs import remove_folder
from autograder.roster import Roster
from tests import lms_samples, test_lms_rosters
from tests.fuzz import test_config as config_targets
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import ODD_TEXTS, bend_bytes, bend_text, bent_bytes, bent_files, grown
from tests.fuzz.test_intake import assert_taken_in, packed
from tests.fuzz.test_roster import dump
from tests.gradebook_samples import EXPORTS
from tests.test_lms_class import roster_of

CONFIG: Config = parse_config(config_targets.RULES, Path("grading.yaml"))
LEARNERS = (*lms_samples.CLASS[:3], *lms_samples.CLASS[10:13])
DOWNLOADS = {name: pack(LEARNERS) for name, pack in lms_samples.FORMATS.items()}
ROSTER = roster_of(LEARNERS)
PIECES = (
    "_", "__", "-", " - ", "/", "//", "\\", ".", "..", "../", "LATE_", "anon_", "_text.html",
    "_link.html", "_assignsubmission_file_", "_assignsubmission_onlinetext", "Participant_7",
    "_attempt_", "2027-01-31-23-59-00", "2027-99-99-99-99-99", ".txt", "Jan 31, 2027 1159 PM",
    "31 enero 2027 9:99", "submission_1", "submission_metadata.yml", ".git/HEAD", "-submissions/",
    "submission.py", "0", "9" * 300, "9" * 5000, "٣", "²", " (1)", "~2", "index.html",
    "__MACOSX/x", *(text[:300] for text in ODD_TEXTS),
)  # fmt: skip
CONTENTS = (b"Name: (", b"(user001)", b"()", b": ", b":submitters:", b":sid:", b"&a [*a]", b"[")


@dataclass(frozen=True)
class Packed:
    """A download, and how it is asked for."""

    format: str | None
    which: Which
    listed: bool
    files: dict[str, bytes]


def downloads() -> st.SearchStrategy[Packed]:
    return grown(_download)


def _download(random: Random, changes: int) -> Packed:
    name = random.choice(list(DOWNLOADS))
    files = dict(DOWNLOADS[name])
    if random.random() < 0.1:
        files |= DOWNLOADS[random.choice(list(DOWNLOADS))]
    for _ in range(2 * changes):
        path = random.choice(list(files))
        content = files[path]
        match random.choice("name name name again content drop".split()):
            case "name":
                files[_renamed(random, path)] = files.pop(path)
            case "again":
                files[_renamed(random, path)] = content
            case "content":
                files[path] = bend_bytes(random, content, CONTENTS, 2)
            case "drop" if len(files) > 1:
                del files[path]
    which: Which = random.choice(["latest", "latest", "first", "best"])
    return Packed(random.choice([None, None, name]), which, random.random() < 0.5, files)


def _renamed(random: Random, path: str) -> str:
    if random.random() < 0.3 and (numbers := list(re.finditer(r"\d+", path))):
        number = random.choice(numbers)
        odd = random.choice(["0", "00", "9" * 5000, "٣", "²", "-1", number[0] * 2])
        return path[: number.start()] + odd + path[number.end() :]
    # An archive has no room for longer ones.
    return bend_text(random, path, PIECES, random.choice([1, 1, 2]))[:16_000] or "x"


def take_in(path: Path, hostile: Packed) -> ClassWork:
    work = collect_class(
        [path],
        CONFIG,
        ROSTER if hostile.listed else None,
        from_=hostile.format,
        which=hostile.which,
    )
    ids = [submission.id.casefold() for submission in work.submissions]
    assert len(set(ids)) == len(ids)
    assert sum(taken.count for taken in work.taken) <= len(ids)
    for submission in work.submissions:
        assert_taken_in(submission)
        assert submission.submitted_at is None or submission.submitted_at.tzinfo
        assert all(isinstance(text, str) for one in submission.students for text in vars(one))
    return work


@fuzz(downloads(), raises=(IntakeError,), share=0.5)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archive_of_a_class(hostile: Packed, folder: Path) -> ClassWork:
    path = folder / "class.zip"
    path.write_bytes(packed(hostile.files))
    return take_in(path, hostile)


@fuzz(downloads(), raises=(IntakeError,), share=0.3)
def test_folder_of_a_class(hostile: Packed, folder: Path) -> ClassWork:
    path = folder / "class"
    path.mkdir()
    try:
        for name, content in hostile.files.items():
            with suppress(OSError, ValueError):  # no name for a file of this disk
                place = path / name.replace("..", "").strip("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        return take_in(path, hostile)
    finally:
        remove_folder(path)


TABLE = DOWNLOADS["gradescope"]["assignment_4711_export/submission_metadata.yml"]
YAML = (*config_targets.TOKENS, b":sid: 007\n", b"!ruby/object:X ", b"{" * 5000, b"- " * 5000)


@fuzz(bent_bytes(TABLE, YAML), raises=(IntakeError,))
def test_table_of_gradescope(hostile: bytes) -> Download:
    download = gradescope.read(Tree({"submission_metadata.yml": lambda room: hostile}))

    for one in download.handed_in:
        texts = [
            one.key,
            one.origin,
            *(text for who in one.students for text in vars(who).values()),
        ]
        assert all(isinstance(text, str) for text in texts)
        assert clock.order(one.submitted_at) >= 0
    return download


@fuzz(bent_bytes(TABLE, YAML), raises=(ValueError,))
def test_plain_yaml(hostile: bytes) -> Plain:
    value = load_plain(hostile)

    waiting = [(value, 0)]
    seen = set()
    while waiting:
        part, depth = waiting.pop()
        assert depth < 40
        if id(part) in seen:
            continue  # an alias
        seen.add(id(part))
        match part:
            case dict():
                assert all(isinstance(key, str) for key in part)
                waiting += [(inside, depth + 1) for inside in part.values()]
            case list():
                waiting += [(inside, depth + 1) for inside in part]
            case _:
                assert part is None or isinstance(part, str)
    return value


TIMES = (
    "2027-01-31 23:59:00 +0100", "2027-01-31-23-59-00", "2027-01-31T22:59:00.123456Z",
    "Sunday, 31 January 2027, 11:58 PM", "Jan 31, 2027 1159 PM", "31. Januar 2027 um 23:59 Uhr",
    "31 de enero de 2027, 23:59",
)  # fmt: skip
WORDS = ("Jan", "mär", "at ", " UTC", " de ", "AM", "٣", "31", "0000", "9999", "+99:99", "  ", "T")


@fuzz(grown(lambda random, changes: bend_text(random, random.choice(TIMES), WORDS, changes)))
def test_time(hostile: str) -> datetime | None:
    time = clock.parse(hostile)

    assert clock.order(time) >= 0
    for zone in (None, UTC):
        instant = clock.in_zone(time, zone)
        if instant is not None:
            assert instant.astimezone(UTC).year >= 1969
    return time


def _rows(text: str) -> list[list[str]]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


LISTS = [
    _rows(text)
    for text in (
        test_lms_rosters.CANVAS, test_lms_rosters.CANVAS_PEOPLE, test_lms_rosters.MOODLE,
        test_lms_rosters.MOODLE_PEOPLE, test_lms_rosters.BLACKBOARD, test_lms_rosters.BRIGHTSPACE,
        test_lms_rosters.GRADESCOPE, test_lms_rosters.GRADESCOPE_PEOPLE,
        test_lms_rosters.CLASSROOM.replace("{known_by}", "Anna S. (700001)"),
        *(export for export, _, _ in EXPORTS.values()),
    )
]  # fmt: skip
CELLS = (b"Participant 7", b"Extension granted until: ", b"\t", b";", b'"', b"sep=\t\n", b"#")


@fuzz(
    st.sampled_from(LISTS).flatmap(lambda rows: bent_files(rows, dump, CELLS)),
    raises=(IntakeError,),
)
def test_list_of_a_system(hostile: bytes, folder: Path) -> Roster:
    path = folder / "people.csv"
    path.write_bytes(hostile)

    roster = load_roster(path, UTC)

    claims = [
        Claim(str(number), (student.person,) if student.person != Person() else (), (student.name,))
        for number, student in enumerate(roster.students)
    ]
    matched = match(claims, roster)
    found = [id(student) for several in matched.students.values() for student in several]
    assert len(set(found)) == len(found)
    for student in roster.students:
        for time in (student.submitted_at, student.due):
            assert time is None or time.tzinfo
    return roster
