"""What `autograder grade` says of what it takes in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from autograder.commands.taking_in import Given, show_matched, taken_in
from autograder.errors import IntakeError
from tests import lms_samples as samples
from tests.lms_samples import CLASS, packed
from tests.test_lms_class import LATE

ROSTER = """\
Student,ID,SIS User ID,Section
"Schmidt, Anna",40017,M700001,Lab 1
"Zhang, Wei",,M700004,Lab 1
"Zhang, Wei",,M700005,Lab 1
"O'Brien, Se\x1b[31mán",40153,M700009,Lab 2
"""


def said(folder: Path, roster: str, from_: str | None = None) -> list[str]:
    download, class_list = folder / "class.zip", folder / "roster.csv"
    files = samples.canvas_zip([CLASS[i] for i in (0, 2, 3, 7)]) | {"n\x1b[31motes.txt": b""}
    download.write_bytes(packed(files))
    class_list.write_text(roster, encoding="utf-8")
    text = io.StringIO()
    console = Console(file=text, width=40)
    given = Given([download], class_list, from_, "latest")
    class_ = taken_in(given, LATE, console)
    assert class_.matched
    show_matched(class_.matched, console)
    return text.getvalue().replace(str(folder), "…").splitlines()


def test_everything_that_is_left_over_is_said_and_harmless(tmp_path: Path) -> None:
    unsure = "not sure whose, so nobody's: zhangwei_40068: it matches several on the list: "
    assert said(tmp_path, ROSTER) == [
        "took …/class.zip for a Canvas download: 4 submissions, 1 late",
        "nobody's, left out: n\ufffd[31motes.txt",
        "…/roster.csv: 1 found on it, 2 nobody's, 1 unsure; 1 student without a submission",
        "no submission: M700009 O'Brien, Se\ufffd[31mán (Lab 2)",
        "nobody on the roster: sukarno_40051",
        "nobody on the roster: शर्माप्रिया_40136",
        f"{unsure}M700004 Zhang, Wei or M700005 Zhang, Wei",
    ]


def test_times_that_were_not_understood_are_said(tmp_path: Path) -> None:
    roster = "Identifier,Full name,Last modified (submission)\nParticipant 1,A,33 foo 2027\n"
    assert said(tmp_path, roster)[0].startswith("…/roster.csv: Last modified (submission): 1 times")


def test_what_somebody_says_and_what_it_is_may_differ(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="nothing in it is named as in a download from moodle"):
        said(tmp_path, ROSTER, from_="moodle")
