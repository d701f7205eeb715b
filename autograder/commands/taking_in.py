"""Takes a class in, and says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from autograder.config import Config
from autograder.lms.attempts import Which
from autograder.lms.collecting import ClassWork, collect_class
from autograder.lms.matching import Matched
from autograder.lms.roster_formats import load_roster
from autograder.names import printable
from autograder.view import plain


@dataclass(frozen=True)
class Given:
    """What a class's work is to be taken from.

    Attributes:
        paths: Downloads, submissions, or folders of them.
        roster: Class list, if any.
        from_: Format that all paths have; None to tell by their names.
        attempt: Which of several attempts count.
    """

    paths: Sequence[Path]
    roster: Path | None
    from_: str | None
    attempt: Which


def taken_in(given: Given, config: Config, console: Console) -> ClassWork:
    """Return a class's work; print what each path was taken for.

    Raises:
        IntakeError: Something given is unusable.
    """
    zone = config.late.due.tzinfo if config.late else None
    listed = load_roster(given.roster, zone) if given.roster else None
    for note in listed.notes if listed else ():
        console.print(plain(note), style="yellow", soft_wrap=True)
    class_ = collect_class(given.paths, config, listed, from_=given.from_, which=given.attempt)
    for taken in class_.taken:
        console.print(plain(str(taken)), soft_wrap=True)
        for stray in taken.strays:
            console.print(plain(f"nobody's, left out: {printable(stray)}"), soft_wrap=True)
    if class_.matched:
        console.print(plain(f"{given.roster}: {_counted(class_.matched)}"), soft_wrap=True)
    return class_


def _counted(matched: Matched) -> str:
    """Return what can be said before the hours of grading, so that somebody may stop it."""
    missing = len(matched.missing)
    students = "1 student" if missing == 1 else f"{missing} students"
    return (
        f"{len(matched.students)} found on it, {len(matched.nobody)} nobody's, "
        f"{len(matched.unsure)} unsure; {students} without a submission"
    )


def show_matched(matched: Matched, console: Console) -> None:
    """Print who is missing on either side: of the class list, and of what was handed in."""
    for student in matched.missing:
        who = f"{student.submission_id or student.student_id} {student.name}".rstrip()
        section = student.person.section
        line = f"no submission: {who}{section and f' ({section})'}"
        console.print(plain(printable(line)), soft_wrap=True)
    for id_ in matched.nobody:
        console.print(plain(f"nobody on the roster: {id_}"), soft_wrap=True)
    for id_, reason in matched.unsure.items():
        console.print(plain(f"not sure whose, so nobody's: {id_}: {reason}"), soft_wrap=True)
