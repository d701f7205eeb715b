"""Takes a class in, and says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograder.config import Config
from autograder.lms.attempts import Which
from autograder.lms.collecting import ClassWork, collect_class
from autograder.lms.matching import Matched
from autograder.lms.roster_formats import load_roster
from autograder.names import printable
from autograder.view import plain


def taken_in(
    paths: Sequence[Path],
    config: Config,
    console: Console,
    *,
    roster: Path | None,
    from_: str | None,
    attempt: Which,
) -> ClassWork:
    """Return a class's work; print what each path was taken for.

    Raises:
        IntakeError: Something given is unusable.
    """
    zone = config.late.due.tzinfo if config.late else None
    listed = load_roster(roster, zone) if roster else None
    for note in listed.notes if listed else ():
        console.print(plain(note), style="yellow")
    class_ = collect_class(paths, config, listed, from_=from_, which=attempt)
    for taken in class_.taken:
        console.print(plain(str(taken)))
        for stray in taken.strays:
            console.print(plain(f"nobody's, left out: {printable(stray)}"))
    return class_


def show_matched(matched: Matched, console: Console) -> None:
    """Print who is missing on either side: of the class list, and of what was handed in."""
    for student in matched.missing:
        who = f"{student.submission_id or student.student_id} {student.name}".rstrip()
        section = student.person.section
        console.print(plain(printable(f"no submission: {who}{section and f' ({section})'}")))
    for id_ in matched.nobody:
        console.print(plain(f"nobody on the roster: {id_}"))
    for id_, reason in matched.unsure.items():
        console.print(plain(f"not sure whose, so nobody's: {id_}: {printable(reason)}"))
