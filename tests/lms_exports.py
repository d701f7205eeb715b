"""The sample class's grades as each system exports them.

Written down from the systems' own sources and documents, as tests/lms_samples.py is: what changes
an export is never asked to write one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.lms_samples import ASSIGNMENT, Learner

Grades = Mapping[int, str]
"""What stands in the column, by `Learner.user_id`; nothing for who is not in it."""


@dataclass(frozen=True)
class Style:
    """How a program writes a table.

    Attributes:
        mark: Before everything.
        codec: Of everything after it.
        delimiter: Between cells.
        ending: Of lines.
        last_ending: Whether the last line has one.
        seed: Decides which cells stand in quotes that need none.
        quoted: How many of those do, from 0 to 1.
    """

    mark: bytes = b""
    codec: str = "utf-8"
    delimiter: str = ","
    ending: str = "\n"
    last_ending: bool = True
    seed: int = 0
    quoted: float = 0.0


def written(rows: Sequence[tuple[int, Sequence[str]]], style: Style) -> bytes:
    """Return a table; the number of a row and of a column decide about quotes, not the cell."""
    lines = [
        style.delimiter.join(
            _cell(text, style, random.Random(f"{style.seed} {number} {column}"))
            for column, text in enumerate(cells)
        )
        for number, cells in rows
    ]
    text = style.ending.join(lines) + (style.ending if style.last_ending else "")
    return style.mark + text.encode(style.codec)


def _cell(text: str, style: Style, choice: random.Random) -> str:
    needed = any(char in text for char in f'{style.delimiter}"\r\n')
    if needed or choice.random() < style.quoted:
        return '"' + text.replace('"', '""') + '"'
    return text


Exporter = Callable[[Sequence[Learner], Grades, Callable[[Learner], bool], Style], bytes]


def exporter(
    headings: Sequence[str], row: Callable[[Learner, str], Sequence[str]],
    between: Sequence[Sequence[str]] = (),
) -> Exporter:  # fmt: skip
    """Return what writes the exports of one system.

    Args:
        headings: The first line.
        row: Makes the line of a student from what stands in the column of grades.
        between: Lines about no student.
    """

    def export(
        class_: Sequence[Learner], grades: Grades, stays: Callable[[Learner], bool], style: Style
    ) -> bytes:
        rows = [(-2, headings), *((-1, cells) for cells in between)]
        lines = [
            (one.user_id, row(one, grades.get(one.user_id, ""))) for one in class_ if stays(one)
        ]
        return written([*rows, *lines], style)

    return export


def _canvas(one: Learner, grade: str) -> list[str]:
    return [
        one.sortable, str(one.user_id), one.number, one.username, one.section, "7.00", grade, "93",
    ]  # fmt: skip


def _moodle(one: Learner, grade: str) -> list[str]:
    return [
        f"Participant {one.user_id}", one.name, one.number, one.email,
        "Submitted for grading", grade.replace(".", ","), "100,00", "Yes",
        "Sunday, 31 January 2027, 9:00 PM", "-", "",
    ]  # fmt: skip


def _blackboard(one: Learner, grade: str) -> list[str]:
    return [
        one.family, one.given, one.username, one.number, "2027-01-31 21:00:00", "Yes", "9", grade,
    ]  # fmt: skip


def _brightspace(one: Learner, grade: str) -> list[str]:
    return [
        f"#{one.number}",
        f"#{one.username}",
        one.family,
        one.given,
        one.email,
        grade,
        "1",
        "2",
        "#",
    ]


def _gradescope(one: Learner, grade: str) -> list[str]:
    return [
        one.given, one.family, one.number, one.email, one.section, grade, "100.0", "Graded",
        str(one.user_id + 500_000), "2027-01-31 21:00:00 +0100", "00:00:00", "1",
    ]  # fmt: skip


def _github(one: Learner, grade: str) -> list[str]:
    return [
        ASSIGNMENT, "https://classroom.example/a", "", one.username, one.email,
        f"road-signs-{one.username}", "https://git.example/x", "2027-01-31T20:00:00Z", grade, "100",
    ]  # fmt: skip


def _generic(one: Learner, grade: str) -> list[str]:
    return [one.number, one.name, one.section, grade]


EXPORTS: Mapping[str, Exporter] = {
    "canvas": exporter(
        [
            "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Warm-up (411)",
            f"{ASSIGNMENT} (412)", "Final Score",
        ],
        _canvas,
        [
            ["", "", "", "", "", "", "Manual Posting", ""],
            ["    Points Possible", "", "", "", "", "10.00", "100.00", "(read only)"],
        ],
    ),
    "moodle": exporter(
        [
            "Identifier", "Full name", "ID number", "Email address", "Status", "Grade",
            "Maximum Grade", "Grade can be changed", "Last modified (submission)",
            "Last modified (grade)", "Feedback comments",
        ],
        _moodle,
    ),
    "blackboard": exporter(
        [
            "Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability",
            "Total [Total Pts: up to 110 Score] |1001",
            f"{ASSIGNMENT} [Total Pts: 100 Score] |1002",
        ],
        _blackboard,
    ),
    "brightspace": exporter(
        [
            "OrgDefinedId", "Username", "Last Name", "First Name", "Email",
            f"{ASSIGNMENT} Points Grade <Numeric MaxPoints:100 Weight:10>",
            "Calculated Final Grade Numerator", "Calculated Final Grade Denominator",
            "End-of-Line Indicator",
        ],
        _brightspace,
    ),
    "gradescope": exporter(
        [
            "First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points",
            "Status", "Submission ID", "Submission Time", "Lateness (H:M:S)", "View Count",
        ],
        _gradescope,
    ),
    "github": exporter(
        [
            "assignment_name", "assignment_url", "starter_code_url", "github_username",
            "roster_identifier", "student_repository_name", "student_repository_url",
            "submission_timestamp", "points_awarded", "points_available",
        ],
        _github,
    ),
    "generic": exporter(["student_id", "name", "group", "grade"], _generic),
}  # fmt: skip
