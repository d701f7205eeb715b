"""A class of graded people, and one export of each system, written by hand from its documents."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from autograder.models import Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from tests.sample_reports import GRADED, report


def of(student_id: str, grade: float | None = 77.5, name: str = "", id_: str = "") -> Report:
    """Return the report of a student; without a grade, one of our own failures."""
    made = _report(Verdict.INTERNAL_ERROR if grade is None else Verdict.GRADED)
    who = {"id": id_ or f"hand-in-{student_id}", "student_id": student_id, "name": name}
    submission = made.submission.model_copy(update=who)
    return made.model_copy(update={"submission": submission, "score": grade, "grade": grade})


@cache
def _report(verdict: Verdict) -> Report:
    failed = Outcome(Verdict.INTERNAL_ERROR, note="zygote died")
    return report(failed if verdict is Verdict.INTERNAL_ERROR else GRADED)


def results_of(reports: Iterable[Report], folder: Path) -> Path:
    """Write a results folder without the store's care for power cuts."""
    for one in reports:
        place = folder / "submissions" / one.submission.id
        place.mkdir(parents=True)
        (place / "report.json").write_text(one.to_json(), encoding="utf-8")
        (place / "feedback.md").write_text(f"# {one.submission.id}\n", encoding="utf-8")
    return folder


# Ada has no grade yet, Bo a lower one, Çelik a higher one, Dao an excuse; Eve handed in nothing,
# and we failed on Finn.
CLASS = (
    of("s001", 77.5, "Ada Lovelace"),
    of("s002", 80.0, "Bo Li"),
    of("s003", 60.25, "Çelik, Jr."),
    of("s004", 0, "Dao"),
    of("s006", None, "Finn"),
)

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (411),Road signs 1 (412),Final Score\r\n"
    ",,,,,,Manual Posting,\r\n"
    "    Points Possible,,,,,10.00,100.00,(read only)\r\n"
    '"Lovelace, Ada",9001,s001,ada@example.edu,"A, B",9.00,,91.2\r\n'
    '"Li, Bo",9002,s002,bo@example.edu,A,,75.00,80\r\n'
    '"Çelik, Jr.",9003,"s003",celik@example.edu,A,1.00,"99.00",\r\n'
    "Dao,9004,s004,dao@example.edu,A,,EX,\r\n"
    '"Nobody, Eve",9005,s005,eve@example.edu,A,,55.00,\r\n'
    "Finn,9006,s006,finn@example.edu,A,,12.00,\r\n"
)
CANVAS_AFTER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (411),Road signs 1 (412),Final Score\r\n"
    ",,,,,,Manual Posting,\r\n"
    "    Points Possible,,,,,10.00,100.00,(read only)\r\n"
    '"Lovelace, Ada",9001,s001,ada@example.edu,"A, B",9.00,77.50,91.2\r\n'
    '"Li, Bo",9002,s002,bo@example.edu,A,,80.00,80\r\n'
    '"Çelik, Jr.",9003,"s003",celik@example.edu,A,1.00,"99.00",\r\n'
    "Dao,9004,s004,dao@example.edu,A,,EX,\r\n"
)
# As Moodle in German writes it: decimal commas, headings translated, a mark in front.
MOODLE = (
    "\ufeffID,Vollständiger Name,E-Mail-Adresse,ID-Nummer,Status,Bewertung,Bestwertung,"
    "Bewertung kann geändert werden,Letzte Änderung (Bewertung),Feedback als Kommentar\n"
    'Teilnehmer/in701,"Ada Lovelace",ada@example.edu,s001,"Zur Bewertung abgegeben","","100,00",'
    'Ja,-,""\n'
    'Teilnehmer/in702,"Bo Li",bo@example.edu,s002,Abgegeben,"75,00","100,00",Ja,-,"Gut, weiter!"\n'
    'Teilnehmer/in703,"Çelik, Jr.",celik@example.edu,s003,Abgegeben,"99,00","100,00",Ja,-,\n'
    'Teilnehmer/in704,Dao,dao@example.edu,s004,Abgegeben,-,"100,00",Ja,-,\n'
    'Teilnehmer/in706,Finn,finn@example.edu,s006,Abgegeben,,"100,00",Ja,-,\n'
)
MOODLE_AFTER = (
    "\ufeffID,Vollständiger Name,E-Mail-Adresse,ID-Nummer,Status,Bewertung,Bestwertung,"
    "Bewertung kann geändert werden,Letzte Änderung (Bewertung),Feedback als Kommentar\n"
    'Teilnehmer/in701,"Ada Lovelace",ada@example.edu,s001,"Zur Bewertung abgegeben","77,50",'
    '"100,00",Ja,-,""\n'
    'Teilnehmer/in702,"Bo Li",bo@example.edu,s002,Abgegeben,"80,00","100,00",Ja,-,"Gut, weiter!"\n'
    'Teilnehmer/in703,"Çelik, Jr.",celik@example.edu,s003,Abgegeben,"99,00","100,00",Ja,-,\n'
    'Teilnehmer/in704,Dao,dao@example.edu,s004,Abgegeben,"0,00","100,00",Ja,-,\n'
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t'
    '"Total [Total Pts: up to 110 Score] |1001"\t"Road signs 1 [Total Pts: 100 Score] |1002"\n'
    '"Lovelace"\t"Ada"\t"ada"\t"s001"\t"2027-01-31"\t"Yes"\t"9"\t"Needs Grading"\n'
    '"Li"\t"Bo"\t"bo"\t"s002"\t"2027-01-31"\t"Yes"\t"9"\t"75"\n'
    '"Çelik, Jr."\t""\t"celik"\t"s003"\t"2027-01-31"\t"Yes"\t"9"\t"99"\n'
    '"Dao"\t""\t"dao"\t"s004"\t"2027-01-31"\t"Yes"\t""\t""'
)
BLACKBOARD_AFTER = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t'
    '"Total [Total Pts: up to 110 Score] |1001"\t"Road signs 1 [Total Pts: 100 Score] |1002"\n'
    '"Lovelace"\t"Ada"\t"ada"\t"s001"\t"2027-01-31"\t"Yes"\t"9"\t"77.50"\n'
    '"Li"\t"Bo"\t"bo"\t"s002"\t"2027-01-31"\t"Yes"\t"9"\t"80.00"\n'
    '"Çelik, Jr."\t""\t"celik"\t"s003"\t"2027-01-31"\t"Yes"\t"9"\t"99"\n'
    '"Dao"\t""\t"dao"\t"s004"\t"2027-01-31"\t"Yes"\t""\t"0.00"'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,"
    "Road signs 1 Points Grade <Numeric MaxPoints:100 Weight:10 Category:Labs CategoryWeight:50>,"
    "Calculated Final Grade Numerator,End-of-Line Indicator\r\n"
    "#s001,#ada,Lovelace,Ada,ada@example.edu,,7,#\r\n"
    "#s002,#bo,Li,Bo,bo@example.edu,75,7,#\r\n"
    '#s003,#celik,"Çelik, Jr.",,celik@example.edu,99,7,#\r\n'
    "#s004,#dao,Dao,,dao@example.edu,,,#\r\n"
)
BRIGHTSPACE_AFTER = (
    "OrgDefinedId,Username,Last Name,First Name,Email,"
    "Road signs 1 Points Grade <Numeric MaxPoints:100 Weight:10 Category:Labs CategoryWeight:50>,"
    "Calculated Final Grade Numerator,End-of-Line Indicator\r\n"
    "#s001,#ada,Lovelace,Ada,ada@example.edu,77.50,7,#\r\n"
    "#s002,#bo,Li,Bo,bo@example.edu,80.00,7,#\r\n"
    '#s003,#celik,"Çelik, Jr.",,celik@example.edu,99,7,#\r\n'
    "#s004,#dao,Dao,,dao@example.edu,0.00,,#\r\n"
)
GRADESCOPE = (
    "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,"
    "Submission Time,Lateness (H:M:S)\n"
    "Ada,Lovelace,s001,ada@example.edu,A,,100.0,Ungraded,501,2027-01-31 12:00:00 +0100,00:00:00\n"
    "Bo,Li,s002,bo@example.edu,A,75.0,100.0,Graded,502,2027-01-31 12:00:00 +0100,00:00:00\n"
    ',"Çelik, Jr.",s003,celik@example.edu,A,99.0,100.0,Graded,503,,\n'
    ",Dao,s004,dao@example.edu,A,,100.0,Ungraded,504,,\n"
    ",Eve,s005,eve@example.edu,A,,100.0,Missing,,,\n"
)
GRADESCOPE_AFTER = (
    "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,"
    "Submission Time,Lateness (H:M:S)\n"
    "Ada,Lovelace,s001,ada@example.edu,A,77.50,100.0,Ungraded,501,2027-01-31 12:00:00 +0100,"
    "00:00:00\n"
    "Bo,Li,s002,bo@example.edu,A,80.00,100.0,Graded,502,2027-01-31 12:00:00 +0100,00:00:00\n"
    ',"Çelik, Jr.",s003,celik@example.edu,A,99.0,100.0,Graded,503,,\n'
    ",Dao,s004,dao@example.edu,A,0.00,100.0,Ungraded,504,,\n"
)
GITHUB = (
    '"assignment_name","assignment_url","starter_code_url","github_username","roster_identifier",'
    '"student_repository_name","student_repository_url","submission_timestamp","points_awarded",'
    '"points_available"\n'
    '"Road signs 1","u","s","ada-l","s001","signs-ada-l","r","2027-01-31T11:00:00Z","","100"\n'
    '"Road signs 1","u","s","bo","s002","signs-bo","r","2027-01-31T11:00:00Z","75","100"\n'
    '"Road signs 1","u","s","celik","s003","signs-celik","r","","99","100"\n'
    '"Road signs 1","u","s","dao","s004","signs-dao","r","","0","100"\n'
)
GITHUB_AFTER = (
    '"assignment_name","assignment_url","starter_code_url","github_username","roster_identifier",'
    '"student_repository_name","student_repository_url","submission_timestamp","points_awarded",'
    '"points_available"\n'
    '"Road signs 1","u","s","ada-l","s001","signs-ada-l","r","2027-01-31T11:00:00Z","77.50","100"\n'
    '"Road signs 1","u","s","bo","s002","signs-bo","r","2027-01-31T11:00:00Z","80.00","100"\n'
    '"Road signs 1","u","s","celik","s003","signs-celik","r","","99","100"\n'
    '"Road signs 1","u","s","dao","s004","signs-dao","r","","0","100"\n'
)
GENERIC = "Nr;Matrikelnummer;Name;Punkte\r\n1;s001;Ada;\r\n2;S002;Bo;75\r\n3;s009;Zoe;\r\n"
GENERIC_AFTER = "Nr;Matrikelnummer;Name;Punkte\r\n1;s001;Ada;77.50\r\n2;S002;Bo;80.00\r\n"

# By system: the export, the export with the grades of the class, and the column if it must be said.
EXPORTS = {
    "canvas": (CANVAS, CANVAS_AFTER, "Road signs 1"),
    "moodle": (MOODLE, MOODLE_AFTER, ""),
    "blackboard": (BLACKBOARD, BLACKBOARD_AFTER, ""),
    "brightspace": (BRIGHTSPACE, BRIGHTSPACE_AFTER, ""),
    "gradescope": (GRADESCOPE, GRADESCOPE_AFTER, ""),
    "github": (GITHUB, GITHUB_AFTER, ""),
    "generic": (GENERIC, GENERIC_AFTER, "Punkte"),
}
