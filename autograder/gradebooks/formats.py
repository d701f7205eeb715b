"""What each system's export looks like: which columns say who, which one takes the grade.

From the systems' own sources and documents; docs/gradebooks.md says which of it was seen there and
which is common knowledge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Kinds of id, named as in `autograder.models.Person`; and the name of what was handed in.
USER_ID, NUMBER, USERNAME, EMAIL, ORIGIN = "user_id", "number", "username", "email", "origin"
ON_GITHUB = "github"
KINDS = (USER_ID, NUMBER, USERNAME, EMAIL, ON_GITHUB)
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,30})?")


@dataclass(frozen=True)
class GradebookFormat:
    """The rules of one system.

    Attributes:
        name: As typed.
        ids: Headings of columns that identify a student, and which kinds of id stand in each
            (see `KINDS`): one system's number may be another's login.
        names: Headings of columns that hold a whole name.
        given_names: Headings of the column of first names, beside ``family_names``.
        family_names: Headings of the column of last names.
        grades: What a heading looks like that takes grades: groups ``title`` and, where the
            heading says so, ``id``, ``points`` and ``unit``.
        any_column: Whether ``--column`` may also name a column that ``grades`` does not match.
        points_headings: Headings of a column that says, in each row, how many points there are.
        id_prefix: Put before ids, so that spreadsheets leave them alone.
        groups_share_ids: Whether a team's number may be that of a student who has nothing to do
            with it.
        not_graded: What stands for no grade, besides an empty cell.
    """

    name: str
    ids: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...] = ()
    given_names: tuple[str, ...] = ()
    family_names: tuple[str, ...] = ()
    grades: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    any_column: bool = False
    points_headings: tuple[str, ...] = ()
    id_prefix: str = ""
    groups_share_ids: bool = False
    not_graded: tuple[str, ...] = ()


CANVAS = GradebookFormat(
    "canvas",
    ids={
        "ID": (USER_ID,),
        "SIS User ID": (NUMBER,),
        "SIS Login ID": (USERNAME, EMAIL),
        "Integration ID": (NUMBER,),
    },
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
    ids={
        "Identifier": (USER_ID,),
        "ID number": (NUMBER,),
        "ID-Nummer": (NUMBER,),
        "Username": (USERNAME,),
        "Anmeldename": (USERNAME,),
        "Email address": (EMAIL,),
        "E-Mail-Adresse": (EMAIL,),
    },
    names=("Full name", "Vollständiger Name", "Nom complet", "Nombre completo"),
    grades=re.compile(r"(?P<title>Grade|Bewertung|Note|Calificación)"),
    any_column=True,
    points_headings=("Maximum Grade", "Maximum grade", "Höchstbewertung", "Bestwertung"),
    groups_share_ids=True,
    not_graded=("-",),
)
BLACKBOARD = GradebookFormat(
    "blackboard",
    ids={"Username": (USERNAME,), "Student ID": (NUMBER,)},
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
    ids={"OrgDefinedId": (NUMBER,), "Username": (USERNAME,), "Email": (EMAIL,)},
    given_names=("First Name",),
    family_names=("Last Name",),
    grades=re.compile(
        r"(?P<title>.*\S) Points Grade(?: <(?:.*?MaxPoints:(?P<points>\d+(?:\.\d+)?))?.*>)?"
    ),
    id_prefix="#",
)
GRADESCOPE = GradebookFormat(
    "gradescope",
    ids={"SID": (NUMBER,), "Email": (EMAIL,), "Submission ID": (ORIGIN,)},
    names=("Name",),
    given_names=("First Name",),
    family_names=("Last Name",),
    grades=re.compile(r"(?P<title>Total Score)"),
    any_column=True,
    points_headings=("Max Points",),
)
GITHUB = GradebookFormat(
    "github",
    ids={
        "github_username": (ON_GITHUB,),
        "roster_identifier": KINDS,
        "identifier": KINDS,
        "student_repository_name": (ORIGIN,),
    },
    names=("name",),
    grades=re.compile(r"(?P<title>points_awarded)"),
    any_column=True,
    points_headings=("points_available",),
)
GENERIC = GradebookFormat(
    "generic",
    ids={
        "submission_id": (),
        "student_id": KINDS,
        "id": KINDS,
        "sid": (NUMBER,),
        "student number": (NUMBER,),
        "matriculation number": (NUMBER,),
        "matrikelnummer": (NUMBER,),
        "username": (USERNAME,),
        "login": (USERNAME,),
        "email": (EMAIL,),
        "e-mail": (EMAIL,),
    },
    names=("name", "full name", "student"),
    given_names=("first name", "given name"),
    family_names=("last name", "family name", "surname"),
    any_column=True,
    points_headings=("max_score", "max points"),
)

FORMATS = {
    one.name: one for one in (CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE, GRADESCOPE, GITHUB, GENERIC)
}


def number(text: str) -> float | None:
    """Return a number with a decimal point or comma; None if it is none, or absurdly long."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
