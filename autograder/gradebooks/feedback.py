"""Each student's report, packed under the names by which a system hands it back in bulk.

Moodle takes ``{full name}_{participant}_assignsubmission_file_/{file}``, in versions before 4.1
only with the last underscore. Canvas takes the file names of its own download up to the number of
the attachment, and shows what it gets under the name of the file that was handed in: so it gets a
single file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import ResultsError
from autograder.gradebooks.formats import CANVAS, MOODLE, GradebookFormat
from autograder.gradebooks.matching import Matching
from autograder.gradebooks.sheet import Row
from autograder.models import Verdict
from autograder.reports.report import Report

_REPORTS = ("report.html", "feedback.md")
_LONGEST_NAME = 100
_PARTING = re.compile(r'[_/\\:*?"<>|]')
# A team's number is not in the export, but in the name of what it handed in.
_OF_MOODLE = re.compile(r"(?P<name>.*?)_(?P<id>\d+)_assignsubmission_")
# Zip files know no time before.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class FeedbackZip:
    """What is handed back.

    Attributes:
        content: The archive.
        count: Students, or teams, that get something.
        left_out: Who gets nothing, and why.
    """

    content: bytes
    count: int
    left_out: tuple[str, ...]


def feedback_zip(
    reports: Iterable[Report], matching: Matching, results: Path, rules: GradebookFormat
) -> FeedbackZip:
    """Pack what everybody gets who was graded.

    Args:
        reports: Of the class.
        matching: Whose report is whose.
        results: The results folder.
        rules: Of the system.

    Raises:
        ResultsError: The system takes no feedback in bulk, or a report cannot be read.
    """
    if rules not in (CANVAS, MOODLE):
        raise ResultsError(
            f"--feedback-zip: {rules.name} takes no feedback in bulk; canvas and moodle do"
        )
    rows = defaultdict[str, list[Row]](list)
    for row, person in matching.pairs:
        rows[person.report.submission.id].append(row)
    entries, left_out = dict[str, bytes](), list[str]()
    count = 0
    for report in reports:
        if report.verdict is Verdict.INTERNAL_ERROR:
            continue
        id_ = report.submission.id
        files = _files(results / "submissions" / id_)
        pack = _moodle if rules is MOODLE else _canvas
        named = dict(pack(report.submission.origin, rows[id_], files))
        entries |= named
        count += bool(named)
        if not named:
            left_out.append(f"{id_}: {_why(files, rows[id_], rules)}")
    return FeedbackZip(_packed(entries), count, tuple(left_out))


def _why(files: Mapping[str, bytes], rows: Sequence[Row], rules: GradebookFormat) -> str:
    if not files:
        return "no report"
    if not rows:
        return "matches nobody in the export"
    return f"handed in under a name that is not {rules.name}'s"


def _files(folder: Path) -> Mapping[str, bytes]:
    """Return what there is to hand back, the best first."""
    try:
        return {
            name: (folder / name).read_bytes() for name in _REPORTS if (folder / name).is_file()
        }
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be read: {error.strerror or error}") from error


def _moodle(
    origin: str, rows: Sequence[Row], files: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    """Yield the files for whom Moodle's own name of the hand-in says, else for its students."""
    own = _OF_MOODLE.match(origin)
    if own:
        who = [(own["name"], own["id"])]
    else:
        found = [(row.name, re.search(r"\d+$", row.own_id)) for row in rows]
        who = [(name, participant[0]) for name, participant in found if participant]
    for name, participant in who:
        folder = f"{_plain(name)}_{participant}_assignsubmission_file_"
        yield from ((f"{folder}/{file}", content) for file, content in files.items())


def _plain(name: str) -> str:
    """Return a name without what would part it, or stand in the way of unpacking."""
    plain = "".join(char if char.isprintable() else " " for char in _PARTING.sub(" ", name))
    return " ".join(plain[:_LONGEST_NAME].split()).strip(". ") or "Participant"


def _canvas(
    origin: str, rows: Sequence[Row], files: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes]]:
    start = _canvas_start(origin, rows)
    best = next(iter(files.items()), None)
    if start and best:
        yield f"{start}_{best[0]}", best[1]


def _canvas_start(origin: str, rows: Sequence[Row]) -> str | None:
    """Return how Canvas's own name of the file handed in begins, down to the attachment.

    As Canvas does, takes the first two parts that are numbers for the student and the attachment.
    The student has to be one of those whose report it is.
    """
    parts = origin.split("_")
    numbers = [index for index, part in enumerate(parts) if re.fullmatch(r"[0-9]+", part)]
    if len(numbers) < 2 or parts[numbers[0]] not in {row.own_id for row in rows}:
        return None
    start = "_".join(parts[: numbers[1] + 1])
    return start if _plain(start.replace("_", "-")) == start.replace("_", "-") else None


def _packed(entries: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return data.getvalue()
