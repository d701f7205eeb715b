"""What each system's export looks like: which columns say who, which one takes the grade.

From the systems' own sources and documents; docs/gradebooks.md says which of it was seen there and
which is common knowledge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class GradebookFormat:
    """The rules of one system.

    Attributes:
        name: As typed.
        ids: Headings of columns that identify a student.
        names: Headings of columns that hold a whole name.
        given_names: Headings of the column of first names, beside ``family_names``.
        family_names: Headings of the column of last names.
        grades: What a heading looks like that takes grades: groups ``title`` and, where the
            heading says so, ``id``, ``points`` and ``unit``.
        any_column: Whether ``--column`` may also name a column that ``grades`` does not match.
        points_headings: Headings of a column that says, in each row, how many points there are.
        id_prefix: Put before ids, so that spreadsheets leave them alone.
        not_graded: What stands for no grade, besides an empty cell.
    """

    name: str
    ids: tuple[str, ...]
    names: tuple[str, ...] = ()
    given_names: tuple[str, ...] = ()
    family_names: tuple[str, ...] = ()
    grades: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    any_column: bool = False
    points_headings: tuple[str, ...] = ()
    id_prefix: str = ""
    not_graded: tuple[str, ...] = ()


CANVAS = GradebookFormat(
    "canvas",
    ids=("ID", "SIS User ID", "SIS Login ID", "Integration ID"),
    names=("Student",),
    given_names=("FirstName", "First Name"),
    family_names=("LastName", "Last Name"),
    grades=re.compile(r"(?P<title>.*\S)\s*\((?P<id>\d+)\)"),
    any_column=True,
)
# Headings are in the language of whoever exports. Ours are Moodle's own English, and German,
# French, Spanish; for the rest there is --column, and the identifier always stands first.
MOODLE = GradebookFormat(
    "moodle",
    ids=("Identifier", "ID number", "Email address", "Username", "ID-Nummer", "E-Mail-Adresse"),
    names=("Full name", "Vollständiger Name", "Nom complet", "Nombre completo"),
    grades=re.compile(r"(?P<title>Grade|Bewertung|Note|Calificación)"),
    any_column=True,
    points_headings=("Maximum Grade", "Maximum grade", "Höchstbewertung", "Bestwertung"),
    not_graded=("-",),
)
BLACKBOARD = GradebookFormat(
    "blackboard",
    ids=("Username", "Student ID"),
    given_names=("First Name",),
    family_names=("Last Name",),
    grades=re.compile(
        r"(?P<title>.*\S)\s*\[Total Pts: (?P<points>\d+(?:[.,]\d+)?)(?: (?P<unit>\w+))?\]"
        r"\s*\|(?P<id>\d+)"
    ),
    not_graded=("Needs Grading", "In Progress"),
)
BRIGHTSPACE = GradebookFormat(
    "brightspace",
    ids=("OrgDefinedId", "Username", "Email"),
    given_names=("First Name",),
    family_names=("Last Name",),
    grades=re.compile(
        r"(?P<title>.*\S) Points Grade(?: <(?:.*?MaxPoints:(?P<points>\d+(?:\.\d+)?))?.*>)?"
    ),
    id_prefix="#",
)
GRADESCOPE = GradebookFormat(
    "gradescope",
    ids=("SID", "Email", "Submission ID"),
    names=("Name",),
    given_names=("First Name",),
    family_names=("Last Name",),
    grades=re.compile(r"(?P<title>Total Score)"),
    any_column=True,
    points_headings=("Max Points",),
)
GITHUB = GradebookFormat(
    "github",
    ids=("github_username", "roster_identifier", "identifier", "student_repository_name"),
    names=("name",),
    grades=re.compile(r"(?P<title>points_awarded)"),
    any_column=True,
    points_headings=("points_available",),
)
GENERIC = GradebookFormat(
    "generic",
    ids=(
        "submission_id", "student_id", "id", "sid", "student number", "username", "login", "email",
        "e-mail", "matriculation number", "matrikelnummer",
    ),
    names=("name", "full name", "student"),
    given_names=("first name", "given name"),
    family_names=("last name", "family name", "surname"),
    any_column=True,
    points_headings=("max_score", "max points"),
)  # fmt: skip

FORMATS = {
    one.name: one for one in (CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE, GRADESCOPE, GITHUB, GENERIC)
}


def number(text: str) -> float | None:
    """Return a number with a decimal point or comma; None if it is none."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
