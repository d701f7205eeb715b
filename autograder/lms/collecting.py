"""From paths to submissions: what each path is, which attempts count, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path

from autograder import names
from autograder.archives import open_archive
from autograder.config import Config
from autograder.errors import IntakeError
from autograder.intake import find, take_in, unique_ids
from autograder.late import penalty
from autograder.lms import clock, people
from autograder.lms.attempts import Which, chosen, numbered
from autograder.lms.handed_in import Download, HandedIn
from autograder.lms.matching import Claim, Matched, match
from autograder.lms.recognise import Format, read_as, recognise
from autograder.lms.tree import CLASS_LIMITS, Tree, in_archive, on_disk
from autograder.models import Finding, Person, Submission
from autograder.names import printable
from autograder.roster import Roster, Student


@dataclass(frozen=True)
class Taken:
    """What a path was taken for.

    Attributes:
        path: As given.
        title: Such as ``a Canvas download``.
        count: Of submissions, or of students who have several attempts.
        attempts: In all.
        late: How many of those that are graded came late.
        strays: What in it belongs to nobody.
    """

    path: Path
    title: str
    count: int
    attempts: int
    late: int = 0
    strays: tuple[str, ...] = ()

    def __str__(self) -> str:
        many = "1 submission" if self.count == 1 else f"{self.count} submissions"
        more = f" in {self.attempts} attempts" if self.attempts > self.count else ""
        late = f", {self.late} late" if self.late else ""
        return f"took {self.path} for {self.title}: {many}{more}{late}"


@dataclass(frozen=True)
class ClassWork:
    """A class's work, taken in.

    Attributes:
        submissions: By id.
        taken: What each path was taken for.
        matched: With the class list; None where there is none.
    """

    submissions: tuple[Submission, ...]
    taken: tuple[Taken, ...]
    matched: Matched | None = None


@dataclass(frozen=True)
class _Work:
    """All attempts of one student or team that are graded, or a file or folder of its own."""

    name: str
    path: Path
    attempts: tuple[HandedIn, ...] = ()
    source: int = 0
    given: int = 1


@dataclass
class _Source:
    """A path, and what it was taken for."""

    path: Path
    title: str
    format: Format | None = None
    download: Download = field(default_factory=lambda: Download(()))


def collect_class(
    paths: Sequence[Path],
    config: Config,
    roster: Roster | None = None,
    *,
    from_: str | None = None,
    which: Which = "latest",
) -> ClassWork:
    """Take in a class's work, each student's or team's once, ordered by id.

    Args:
        paths: Downloads, packed or unpacked, folders of submissions, single submissions.
        config: The rules.
        roster: The class list, if there is one.
        from_: The format that all paths have; None to tell by their names.
        which: Of several attempts, those to grade.

    Raises:
        IntakeError: A path does not exist or holds nothing that could be graded.
    """
    with ExitStack() as held:
        given = tuple(dict.fromkeys(paths))
        sources = [_open(path, config, from_, held, alone=len(given) == 1) for path in given]
        _refuse_mixture(sources)
        works = [*_of_downloads(sources, which), *_plain(sources, config)]
        works.sort(key=lambda work: (work.name.casefold(), str(work.path)))
        ids = unique_ids([work.name for work in works])
        matched = match(_claims(works, ids), roster) if roster else None
        zone = config.late.due.tzinfo if config.late else None
        submissions: list[Submission] = []
        taken = [Taken(one.path, one.title, 0, 0, strays=one.download.strays) for one in sources]
        for work, id_ in zip(works, ids, strict=True):
            students = matched.students.get(id_, ()) if matched else ()
            graded = [_known(one, students) for one in _take_in(work, id_, config, zone)]
            submissions += graded
            taken[work.source] = _counted(taken[work.source], work, graded, config)
    ordered = sorted(submissions, key=lambda one: (one.id.casefold(), one.id))
    return ClassWork(tuple(ordered), tuple(taken), matched)


# --- what a path is -----------------------------------------------------------------------------


def _open(
    path: Path, config: Config, from_: str | None, held: ExitStack, *, alone: bool
) -> _Source:
    """Return what a path was taken for; without a format if it is no download.

    Raises:
        IntakeError: It has not the format that it was said to have, or cannot be read.
    """
    module = config.assignment.module
    tree = _tree(path, held)
    name = path.resolve().name if path.is_dir() else path.stem
    if from_ is not None:
        if isinstance(tree, Finding):
            raise IntakeError(f"{path}: {tree.message} Unpack it, and give the folder instead.")
        found = read_as(from_, tree, name) if tree else None
        if not found:
            raise IntakeError(f"{path}: nothing in it is named as in a download from {from_}")
    elif not isinstance(tree, Tree) or {f"{module}.py", f"{module}.ipynb"} & set(tree.files):
        return _Source(path, "a submission")
    else:
        found = _recognised(tree, name, path, alone=alone)
    if found:
        return _Source(path, found[0].title, *found)
    return _Source(path, "a folder of submissions" if path.is_dir() else "a submission")


def _recognised(
    tree: Tree, name: str, path: Path, *, alone: bool
) -> tuple[Format, Download] | None:
    """Return what a path is; of several, one whose table is damaged stops none of the others."""
    try:
        return recognise(tree, name)
    except IntakeError as error:
        if alone:
            raise IntakeError(f"{path}: {error}") from error
        return None


def _refuse_mixture(sources: Sequence[_Source]) -> None:
    """Refuse downloads among single submissions.

    One of `submissions/*` might be named like a download so as to hand in for others.
    """
    downloads = [source for source in sources if source.format]
    others = [source for source in sources if not source.format]
    if downloads and others:
        one, other = downloads[0], others[0]
        raise IntakeError(
            f"{one.path} looks like {one.title}, but {other.path} is {other.title}; grade them one "
            "after the other, or give the folder that both lie in: what lies in a folder is one "
            "submission each"
        )


def _tree(path: Path, held: ExitStack) -> Tree | Finding | None:
    try:
        if path.is_dir():
            return on_disk(path.resolve())
        if names.suffix(path.name) != ".zip" or not path.is_file():
            return None
        archive = open_archive(held.enter_context(path.open("rb")), path.name, CLASS_LIMITS)
    except OSError as error:
        raise IntakeError(f"{path}: cannot be read: {error.strerror or error}") from error
    return archive if isinstance(archive, Finding) else in_archive(archive)


def _counted(taken: Taken, work: _Work, graded: list[Submission], config: Config) -> Taken:
    late = any(
        one.marked_late or penalty(config.late, one.submitted_at, own_due=one.due).days
        for one in graded
    )
    return replace(
        taken,
        count=taken.count + 1,
        attempts=taken.attempts + work.given,
        late=taken.late + late,
    )


# --- what is in it ------------------------------------------------------------------------------


def _of_downloads(sources: list[_Source], which: Which) -> Iterator[_Work]:
    """Yield the work of each student, whatever number of downloads it came in."""
    attempts: dict[tuple[str, str], list[tuple[int, HandedIn]]] = {}
    for number, source in enumerate(sources):
        if source.format:
            for one in source.download.handed_in:
                key = (source.format.id, one.key.casefold())
                attempts.setdefault(key, []).append((number, one))
    for of_one in attempts.values():
        graded = chosen([one for _, one in of_one], which)
        last = next(number for number, one in of_one if one is graded[-1])
        yield _Work(graded[-1].key, sources[last].path, tuple(graded), last, len(of_one))


def _plain(sources: list[_Source], config: Config) -> Iterator[_Work]:
    seen = set()
    for number, source in enumerate(sources):
        if source.format:
            continue
        for found in find([source.path], config.assignment.module):
            if found.key not in seen:
                seen.add(found.key)
                yield _Work(found.name, found.path, source=number)


def _take_in(work: _Work, id_: str, config: Config, zone: tzinfo | None) -> Iterator[Submission]:
    if not work.attempts:
        yield take_in(work.path, id_, config)
    for number, one in enumerate(work.attempts, start=1):
        path = work.path / printable(one.origin)
        submission = take_in(path, numbered(id_, number), config, one.files)
        yield replace(
            submission,
            submitted_at=clock.in_zone(one.submitted_at, zone),
            marked_late=one.late,
            students=tuple(person for person in one.students if person != Person()),
            attempts=len(work.attempts),
        )


# --- whose it is --------------------------------------------------------------------------------


def _claims(works: Sequence[_Work], ids: Sequence[str]) -> list[Claim]:
    claims = []
    for work, id_ in zip(works, ids, strict=True):
        students = [person for one in work.attempts for person in one.students]
        known = tuple(dict.fromkeys(person for person in students if person != Person()))
        # The name of a folder may be anything; that of a download's entry says what it is.
        claims.append(Claim(id_, known, () if known else (work.name,)))
    return claims


def _known(submission: Submission, listed: Sequence[Student]) -> Submission:
    """Return a submission with what is known of its students."""
    if not listed:
        names_ = [person.name for person in submission.students]
        ids = [people.marks_id(person) for person in submission.students]
        return replace(
            submission,
            student_id=", ".join(filter(None, ids)) or submission.student_id,
            name=", ".join(filter(None, names_)),
        )
    times = [student.submitted_at for student in listed if student.submitted_at]
    dues = [student.due for student in listed if student.due]
    return replace(
        submission,
        student_id=", ".join(student.student_id for student in listed),
        name="; ".join(student.name for student in listed if student.name),
        # What a list tells is when the last attempt came, whichever this is.
        submitted_at=submission.submitted_at or max(times, default=None),
        due=max(dues, default=None),
        students=tuple(_joined(submission.students, one, listed) for one in listed),
    )


def _joined(told: Sequence[Person], student: Student, listed: Sequence[Student]) -> Person:
    """Return a student of the list with what the download told of them, not of their team."""
    alone = len(told) == len(listed) == 1
    same = told[0] if alone else next((p for p in told if people.same(p, student.person)), None)
    return people.fill_in(same or Person(), student.person)
