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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import ResultsError
from autograder.gradebooks.formats import CANVAS, MOODLE, GradebookFormat
from autograder.gradebooks.update import Action, Change

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


def feedback_zip(changes: Sequence[Change], results: Path, rules: GradebookFormat) -> FeedbackZip:
    """Pack the reports of everybody who was graded and stands in the export.

    Args:
        changes: Whose report is whose.
        results: The results folder.
        rules: Of the system.

    Raises:
        ResultsError: The system takes no feedback in bulk, or a report cannot be read.
    """
    if rules not in (CANVAS, MOODLE):
        raise ResultsError(
            f"--feedback-zip: {rules.name} takes no feedback in bulk; canvas and moodle do"
        )
    of_report = defaultdict[str, list[Change]](list)
    for change in changes:
        if change.action is not Action.NOT_GRADED:
            of_report[change.person.report.submission.id].append(change)
    entries, left_out = dict[str, bytes](), list[str]()
    count = 0
    for submission_id, members in sorted(of_report.items()):
        reports = _reports(results / "submissions" / submission_id)
        named = dict(_moodle(members, reports) if rules is MOODLE else _canvas(members, reports))
        if named:
            entries |= named
            count += 1
        else:
            why = f"handed in under a name that is not {rules.name}'s" if reports else "no report"
            left_out.append(f"{members[0].person.label}: {why}")
    return FeedbackZip(_packed(entries), count, tuple(left_out))


def _reports(folder: Path) -> Mapping[str, bytes]:
    """Return what there is to hand back, the best first."""
    try:
        return {
            name: (folder / name).read_bytes() for name in _REPORTS if (folder / name).is_file()
        }
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be read: {error.strerror or error}") from error


def _moodle(members: Sequence[Change], reports: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a submission: for whom Moodle's own name says, else for its students."""
    own = _OF_MOODLE.match(members[0].person.report.submission.origin)
    if own:
        who = [(own["name"], own["id"])]
    else:
        found = [(one.row.name, re.search(r"\d+$", one.row.own_id)) for one in members]
        who = [(name, participant[0]) for name, participant in found if participant]
    for name, participant in who:
        folder = f"{_plain(name)}_{participant}_assignsubmission_file_"
        yield from ((f"{folder}/{file}", content) for file, content in reports.items())


def _plain(name: str) -> str:
    """Return a name without what would part it, or stand in the way of unpacking."""
    kept = "".join(
        char if char.isprintable() and char not in '_/\\:*?"<>|' else " " for char in name
    )
    return " ".join(kept[:_LONGEST_NAME].split()).strip(". ") or "Participant"


def _canvas(members: Sequence[Change], reports: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    start = _canvas_start(members)
    best = next(iter(reports.items()), None)
    if start and best:
        yield f"{start}_{best[0]}", best[1]


def _canvas_start(members: Sequence[Change]) -> str | None:
    """Return how Canvas's own name of the file handed in begins, down to the attachment.

    As Canvas does, takes the first two parts that are numbers for the student and the attachment.
    The student has to be one of those whose report it is.
    """
    parts = members[0].person.report.submission.origin.split("_")
    numbers = [index for index, part in enumerate(parts) if re.fullmatch(r"[0-9]+", part)]
    if len(numbers) < 2 or parts[numbers[0]] not in {change.row.own_id for change in members}:
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
