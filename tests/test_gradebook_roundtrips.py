"""Random classes, written as each system writes them: our new file is the one it would write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.gradebooks.csv_file import parse_csv
from autograder.gradebooks.formats import FORMATS
from autograder.gradebooks.matching import graded_by, match
from autograder.gradebooks.sheet import understand
from autograder.gradebooks.update import changes_of, write_back
from autograder.reports.report import Report
from autograder.reports.result_parts import PersonPart
from tests.gradebook_samples import of
from tests.lms_exports import EXPORTS, Style
from tests.lms_samples import CLASS, TEAMS, Learner

COLUMNS = {"canvas": "412", "generic": "grade"}
SCRIPTS = "abzABZ éßıŁø Жяё αΩ عل שא 中文 かナ 한국 தமி ไทย አማ -'.,;\"\t=+@"
names = st.text(SCRIPTS, min_size=1, max_size=14).map(str.strip).filter(bool)
grades = st.none() | st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
styles = st.builds(
    Style,
    st.just(b""), st.just("utf-8"), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]),
    st.booleans(), st.integers(0, 99), st.sampled_from([0.0, 0.3, 1.0]),
) | st.builds(
    Style,
    st.just(b"\xff\xfe"), st.just("utf-16-le"), st.just("\t"), st.just("\r\n"), st.booleans(),
    st.integers(0, 99), st.sampled_from([0.0, 1.0]),
) | st.builds(Style, st.just(b"\xef\xbb\xbf"), quoted=st.just(1.0))  # fmt: skip


@st.composite
def classes(draw: st.DrawFn) -> list[tuple[Learner, float | None, float | None]]:
    """Return who is in a class, what the export says of them, and what we would say."""
    count = draw(st.integers(0, 6))
    people = [
        Learner(
            draw(st.just("") | names), draw(names), 40_000 + 17 * number, f"M{700_000 + number}",
            f"user{number:03}", f"user{number:03}@example.edu",
        )
        for number in draw(st.permutations(range(count)))
    ]  # fmt: skip
    return [(one, draw(grades), draw(grades)) for one in people]


def known(one: Learner, name: str) -> PersonPart:
    """Return what a system's own download, joined to nothing, tells of a student."""
    return {
        "canvas": PersonPart(name=one.family, user_id=str(one.user_id)),
        "moodle": PersonPart(name=one.name, user_id=str(one.user_id)),
        "blackboard": PersonPart(username=one.username),
        "brightspace": PersonPart(name=one.name, number=one.number),
        "gradescope": PersonPart(name=one.name, number=one.number, email=one.email),
        "github": PersonPart(github=one.username),
        "generic": PersonPart(number=one.number),
    }[name]


def result(grade: float, *students: PersonPart) -> Report:
    made = of(
        "", grade, id_="hand-in-" + "-".join(f"{one.user_id}{one.number}" for one in students)
    )
    submission = made.submission.model_copy(update={"students": students})
    return made.model_copy(update={"submission": submission})


def new_file(data: bytes, name: str, reports: list[Report], *, keep_all: bool = False) -> bytes:
    sheet = understand(
        parse_csv(data, Path("export.csv")), FORMATS[name],
        column=COLUMNS.get(name, ""), assignment="",
    )  # fmt: skip
    matching = match(sheet, [one for r in reports for one in graded_by(r)], by_name=False)
    assert not matching.people_left
    changes = changes_of(sheet, matching, overwrite=False, scale=False)
    return write_back(sheet, changes, keep_all=keep_all)


def text(grade: float | None) -> str:
    return "" if grade is None else f"{grade:.2f}"


@pytest.mark.parametrize("name", EXPORTS)
@settings(max_examples=30, deadline=None)
@given(class_=classes(), style=styles, keep_all=st.booleans())
def test_the_new_file_is_what_the_system_would_write(
    name: str,
    class_: list[tuple[Learner, float | None, float | None]],
    style: Style,
    keep_all: bool,
) -> None:
    people = [one for one, _, _ in class_]
    before = {one.user_id: text(old) for one, old, _ in class_}
    ours = {one.user_id: new for one, _, new in class_ if new is not None}
    after = {
        one.user_id: text(old if new is None or (old is not None and old > new) else new)
        for one, old, new in class_
    }
    data = EXPORTS[name](people, before, lambda one: True, style)
    reports = [result(ours[one.user_id], known(one, name)) for one in people if one.user_id in ours]
    made = new_file(data, name, reports, keep_all=keep_all)
    stays = people if keep_all else [one for one in people if one.user_id in ours]
    expected = EXPORTS[name](people, after, lambda one: one in stays, style)
    if not style.last_ending and people and people[-1] not in stays:
        # The line that lost its successor keeps the ending that it had.
        expected += style.ending.encode(style.codec)
    assert made == expected


@pytest.mark.parametrize("name", EXPORTS)
def test_the_sample_class(name: str) -> None:
    style = Style(quoted=0.5)
    graded = [one for one in CLASS if one.submitted_at]
    after = {one.user_id: f"{50 + number}.25" for number, one in enumerate(graded)}
    data = EXPORTS[name](CLASS, {}, lambda one: True, style)
    reports = [result(float(after[one.user_id]), known(one, name)) for one in graded]
    assert new_file(data, name, reports) == EXPORTS[name](
        CLASS, after, lambda one: bool(one.submitted_at), style
    )


@pytest.mark.parametrize("name", EXPORTS)
def test_the_sample_teams(name: str) -> None:
    scores = {"Team Grün": 61.5, "Zebra": 72.25}
    reports = [
        result(score, *(known(one, name) for one in TEAMS if one.team == team))
        for team, score in scores.items()
    ]
    after = {one.user_id: text(scores[one.team]) for one in TEAMS if one.team}
    data = EXPORTS[name](TEAMS, {}, lambda one: True, Style())
    assert new_file(data, name, reports) == EXPORTS[name](
        TEAMS, after, lambda one: bool(one.team), Style()
    )
