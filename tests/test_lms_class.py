"""A class from its download to submissions: attempts, late marks, class lists, teams, malice."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.config import LateConfig
from autograder.errors import IntakeError
from autograder.lms.attempts import counting
from autograder.lms.collecting import ClassWork, collect_class
from autograder.lms.people import name_keys, words
from autograder.models import Person, Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from autograder.roster import Roster, Student
from autograder.store import _is_safe_id
from tests import lms_samples as samples
from tests.lms_samples import CET, CLASS, DUE, TEAMS, Learner, packed, unpacked
from tests.sample_reports import GRADED, SUBMISSION, report
from tests.test_intake import CONFIG

LATE = CONFIG.model_copy(update={"late": LateConfig(due=DUE, points_per_day=10)})
# How each system knows people, and so how their work is found on a class list.
DOWNLOADS = sorted(samples.FORMATS.keys() - {"folder"})


def roster_of(class_: Sequence[Learner]) -> Roster:
    return Roster(
        tuple(
            Student(
                "", one.number, one.sortable,
                person=Person(one.sortable, str(one.user_id), one.number, one.username,
                              one.email, one.section, one.username),
                groups=(one.team,) if one.team else (),
            )
            for one in class_
        )
    )  # fmt: skip


def collected(folder: Path, files: dict[str, bytes], **options: object) -> ClassWork:
    path = folder / "download.zip"
    path.write_bytes(packed(files))
    return collect_class([path], LATE, **options)  # type: ignore[arg-type]


def named_once(class_: Sequence[Learner]) -> tuple[Learner, ...]:
    """Return a class without namesakes, whom a system that gives nothing but names cannot tell."""
    seen: set[str] = set()
    unique = []
    for one in class_:
        if not seen & name_keys(one.name):
            unique.append(one)
            seen |= name_keys(one.name)
    return tuple(unique)


def numbers(work: ClassWork) -> set[tuple[str, ...]]:
    return {tuple(one.number for one in s.students) for s in work.submissions}


def expected(class_: Sequence[Learner]) -> set[tuple[str, ...]]:
    return {
        tuple(one.number for one in class_ if one == first or first.team == one.team != "")
        for first in samples.handed_in(class_)
    }


# --- the sample class ---------------------------------------------------------------------------


@pytest.mark.parametrize("class_", [CLASS, TEAMS], ids=["class", "teams"])
@pytest.mark.parametrize("format_", DOWNLOADS)
def test_everybody_is_found_on_the_class_list(
    tmp_path: Path, format_: str, class_: tuple[Learner, ...]
) -> None:
    if format_ == "brightspace":
        class_ = named_once(class_)
    files = samples.FORMATS[format_](class_)
    work = collected(tmp_path, files, roster=roster_of(class_))

    assert work.matched is not None
    assert (work.matched.nobody, work.matched.unsure) == ((), {})
    assert numbers(work) == expected(class_)
    absent = {one.number for one in class_ if not one.submitted_at}
    assert {student.student_id for student in work.matched.missing} == absent


@pytest.mark.parametrize("format_", [*DOWNLOADS, "folder"])
def test_packed_and_unpacked_are_the_same(tmp_path: Path, format_: str) -> None:
    files = samples.FORMATS[format_](CLASS)
    from_ = "folder" if format_ == "folder" else None
    zipped = collected(tmp_path, files, from_=from_)
    folder = unpacked(files, tmp_path / "unpacked")
    plain = collect_class([folder], LATE)

    assert [one.id for one in plain.submissions] == [one.id for one in zipped.submissions]
    assert [one.sha256 for one in plain.submissions] == [one.sha256 for one in zipped.submissions]
    assert [one.problems for one in plain.submissions if one.problems] == [
        one.problems for one in zipped.submissions if one.problems
    ]


def test_what_a_path_was_taken_for_is_said(tmp_path: Path) -> None:
    (taken,) = collected(tmp_path, samples.canvas_zip(CLASS)).taken
    path = tmp_path / "download.zip"
    assert str(taken) == f"took {path} for a Canvas download: 13 submissions, 2 late"
    (tmp_path / "anna.py").write_text("x = 1\n")
    (taken,) = collect_class([tmp_path / "anna.py"], CONFIG).taken
    assert str(taken) == f"took {tmp_path / 'anna.py'} for a submission: 1 submission"


def test_one_pdf_is_no_submission_and_is_not_dropped(tmp_path: Path) -> None:
    work = collected(tmp_path, samples.canvas_zip(CLASS))
    (empty,) = (one for one in work.submissions if one.problems)
    assert (empty.id, empty.problems[0].rule) == ("민준김_40238", "no-submission")


def test_several_paths_of_several_kinds_are_one_class(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed(samples.canvas_zip(CLASS[:2])))
    moodle = unpacked(samples.moodle_zip(CLASS[2:4]), tmp_path / "moodle")
    work = collect_class([tmp_path / "a.zip", moodle], LATE)
    assert len(work.submissions) == 4
    assert [taken.count for taken in work.taken] == [2, 2]


def test_a_students_archive_cannot_pose_as_a_download_of_others_work(tmp_path: Path) -> None:
    (tmp_path / "anna.zip").write_bytes(packed({"submission.py": b"x = 1\n"}))
    posing = {"schmidtanna_40017_1_submission.py": b"x = 2\n", "zhangwei_40068_2_x.py": b""}
    (tmp_path / "mallory.zip").write_bytes(packed(posing))
    with pytest.raises(IntakeError, match=r"mallory.zip looks like a Canvas download, but .*anna"):
        collect_class([tmp_path / "anna.zip", tmp_path / "mallory.zip"], LATE)
    _, mallory = collect_class([tmp_path], LATE, roster_of(CLASS)).submissions
    assert (mallory.id, [problem.rule for problem in mallory.problems]) == (
        "mallory", ["ambiguous"],
    )  # fmt: skip


def test_a_handed_out_module_in_a_folder_makes_it_one_submission(tmp_path: Path) -> None:
    for name in ("submission.py", "a_1_2_helpers.py", "b_1_2_more.py"):
        (tmp_path / name).write_text("x = 1\n")
    assert collect_class([tmp_path], CONFIG).taken[0].title == "a submission"


# --- whose it is --------------------------------------------------------------------------------


def test_two_of_one_name_are_not_guessed(tmp_path: Path) -> None:
    wei = [one for one in CLASS if one.family == "Zhang"]
    known = tuple(
        replace(one, person=replace(one.person, user_id="")) for one in roster_of(CLASS).students
    )
    work = collected(tmp_path, samples.canvas_zip(CLASS), roster=Roster(known))

    assert work.matched is not None
    assert sorted(work.matched.unsure) == [f"zhangwei_{one.user_id}" for one in wei]
    assert (
        "it matches several on the list: M700004 Zhang, Wei or M700005 Zhang, Wei"
        in (work.matched.unsure["zhangwei_40068"])
    )
    unsure = [one for one in work.submissions if one.id in work.matched.unsure]
    assert [one.student_id for one in unsure] == ["40068", "40085"]
    # All others are found by their names alone, and the two are not called missing.
    assert work.matched.nobody == ()
    assert [one.student_id for one in work.matched.missing] == ["M700009"]


def test_two_that_would_be_one_student_are_neither(tmp_path: Path) -> None:
    roster = Roster((Student("", "1", "Wei Zhang", person=Person("Wei Zhang", number="1")),))
    work = collected(tmp_path, samples.canvas_zip(CLASS[3:5]), roster=roster)
    assert work.matched is not None
    assert work.matched.students == {}
    assert set(work.matched.unsure.values()) == {
        "1 Wei Zhang has several: zhangwei_40068 and zhangwei_40085"
    }


def test_an_id_counts_more_than_a_name(tmp_path: Path) -> None:
    one = Student("", "1", "Wei Zhang", person=Person("Wei Zhang", "40068", "1"))
    work = collected(tmp_path, samples.canvas_zip(CLASS[3:5]), roster=Roster((one,)))
    assert work.matched is not None
    assert list(work.matched.students) == ["zhangwei_40068"]
    assert list(work.matched.unsure) == ["zhangwei_40085"]


def test_a_stranger_is_listed_and_graded(tmp_path: Path) -> None:
    work = collected(tmp_path, samples.moodle_zip(CLASS[:2]), roster=roster_of(CLASS[:1]))
    assert work.matched is not None
    assert work.matched.nobody == ("Søren-Ærø-Jørgensen_40034",)
    assert len(work.submissions) == 2


def test_a_teams_number_is_not_taken_for_a_students(tmp_path: Path) -> None:
    # Moodle counts groups and participants each from 1.
    class_ = [replace(one, user_id=900 + i) for i, one in enumerate(TEAMS)]
    without_teams = Roster(tuple(replace(one, groups=()) for one in roster_of(class_).students))
    work = collected(tmp_path, samples.moodle_zip(class_), roster=without_teams)
    assert work.matched is not None
    assert list(work.matched.students) == ["Seán-O-Brien_905"]
    assert "number is right, but its name is Team Grün" in work.matched.unsure["Team-Grün_900"]


def test_the_list_tells_names_ids_sections_and_own_due_times(tmp_path: Path) -> None:
    own = DUE + timedelta(days=2)
    listed = [replace(one, due=own) for one in roster_of(CLASS).students]
    work = collected(tmp_path, samples.moodle_zip(CLASS), roster=Roster(tuple(listed)))
    anna = next(one for one in work.submissions if one.student_id == "M700001")

    assert (anna.name, anna.due) == ("Schmidt, Anna", own)
    assert anna.students == (
        Person(
            "Schmidt, Anna", "40017", "M700001", "user001", "user001@example.edu", "A", "user001"
        ),
    )


def test_own_due_times_make_the_late_timely(tmp_path: Path) -> None:
    files = samples.blackboard_zip(CLASS)
    assert collected(tmp_path, files).taken[0].late == 2
    listed = [replace(one, due=DUE + timedelta(days=1)) for one in roster_of(CLASS).students]
    assert collected(tmp_path, files, roster=Roster(tuple(listed))).taken[0].late == 1


def test_a_folders_name_may_be_any_id_of_theirs(tmp_path: Path) -> None:
    for name in ("user001", "M700002", "user003@example.edu", "O'Brien Seán", "nobody"):
        unpacked({"submission.py": b"x = 1\n"}, tmp_path / "all" / name)
    work = collect_class([tmp_path / "all"], LATE, roster_of(CLASS))
    assert work.matched is not None
    assert work.matched.nobody == ("nobody",)
    assert {one.student_id for one in work.submissions} == {
        "M700001", "M700002", "M700003", "M700009", "nobody",
    }  # fmt: skip


def test_our_own_list_names_submissions(tmp_path: Path) -> None:
    unpacked({"submission.py": b"x = 1\n"}, tmp_path / "all" / "Anna")
    unpacked({"submission.py": b"x = 1\n"}, tmp_path / "all" / "ben")
    roster = Roster((Student("anna", "1001", "Anna Ähre", submitted_at=DUE),))
    anna, ben = collect_class([tmp_path / "all"], LATE, roster).submissions
    assert (anna.id, anna.student_id, anna.name) == ("Anna", "1001", "Anna Ähre")
    assert anna.submitted_at == DUE
    assert (ben.id, ben.student_id, ben.name) == ("ben", "ben", "")


def test_a_name_on_github_is_not_anothers_login(tmp_path: Path) -> None:
    other = Student("", "1", "Ben", person=Person("Ben", username="user001"))
    own = Student("", "2", "Anna", person=Person("Anna", username="aschmidt", github="user001"))
    clones = samples.github_clones(CLASS[:1])
    work = collected(tmp_path, clones, roster=Roster((other, own)))
    assert [one.student_id for one in work.submissions] == ["2"]
    work = collected(tmp_path, clones, roster=Roster((other,)))
    assert work.matched is not None
    assert work.matched.nobody == ("user001",)


def test_anonymous_work_is_found_by_its_number_or_listed(tmp_path: Path) -> None:
    moodle = samples.moodle_zip(CLASS, anonymous=True)
    work = collected(tmp_path, moodle, roster=roster_of(CLASS))
    assert work.matched is not None
    assert numbers(work) == expected(CLASS)
    canvas = samples.canvas_zip(CLASS, anonymous=True)
    work = collected(tmp_path, canvas, roster=roster_of(CLASS))
    assert work.matched is not None
    assert len(work.matched.nobody) == len(work.submissions) == 13
    gradescope = samples.gradescope_zip(CLASS, anonymous=True)
    work = collected(tmp_path, gradescope)
    assert all(one.student_id == one.id for one in work.submissions)


# --- times and attempts -------------------------------------------------------------------------


def test_clocks_without_a_zone_hang_where_the_course_is(tmp_path: Path) -> None:
    files = samples.blackboard_zip(CLASS[:1])
    (anna,) = collected(tmp_path, files).submissions
    assert anna.submitted_at == DUE - timedelta(hours=3)
    (tmp_path / "x.zip").write_bytes(packed(files))
    (anna,) = collect_class([tmp_path / "x.zip"], CONFIG).submissions
    assert anna.submitted_at is None  # nobody says what zone that is


def test_a_list_tells_times_where_the_download_does_not(tmp_path: Path) -> None:
    told = DUE - timedelta(days=9)
    roster = Roster(tuple(replace(s, submitted_at=told) for s in roster_of(CLASS).students))
    (anna,) = collected(tmp_path, samples.moodle_zip(CLASS[:1]), roster=roster).submissions
    assert anna.submitted_at == told
    (anna,) = collected(tmp_path, samples.blackboard_zip(CLASS[:1]), roster=roster).submissions
    assert anna.submitted_at == CLASS[0].submitted_at


def test_late_marks_without_times_are_kept(tmp_path: Path) -> None:
    work = collected(tmp_path, samples.canvas_zip(CLASS))
    late = [one for one in work.submissions if one.marked_late]
    assert {one.id for one in late} == {"शर्माप्रिया_40136", "ஜெயா_40221"}


def attempts() -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for day, text in ((3, b"x = 3\n"), (1, b"x = 1\n"), (2, b"x = 2\n")):
        at = datetime(2027, 1, day, 12, tzinfo=CET)
        files |= samples.blackboard_attempt(CLASS[0], at, {"submission.py": text})
    return files | samples.blackboard_zip(CLASS[1:2])


def texts(work: ClassWork) -> dict[str, str]:
    return {one.id: one.files[0].text for one in work.submissions}


def test_the_latest_attempt_counts_or_the_first(tmp_path: Path) -> None:
    latest = collected(tmp_path, attempts())
    assert texts(latest) == {"user001": "x = 3\n", "user002": "x = 1\n"}
    assert str(latest.taken[0]).endswith("2 submissions in 4 attempts")
    first = collected(tmp_path, attempts(), which="first")
    assert texts(first)["user001"] == "x = 1\n"


def test_for_the_best_all_attempts_are_graded(tmp_path: Path) -> None:
    work = collected(tmp_path, attempts(), which="best", roster=roster_of(CLASS[:2]))
    assert texts(work) == {
        "user001": "x = 1\n", "user001~2": "x = 2\n", "user001~3": "x = 3\n",
        "user002": "x = 1\n",
    }  # fmt: skip
    assert [one.attempts for one in work.submissions] == [3, 3, 3, 1]
    assert {one.student_id for one in work.submissions} == {"M700001", "M700002"}
    assert work.matched is not None
    assert work.matched.unsure == {}


def test_downloads_of_several_days_hold_attempts(tmp_path: Path) -> None:
    paths = []
    for number, text in ((2, b"x = 2\n"), (1, b"x = 1\n")):
        path = tmp_path / f"{number}.zip"
        name = f"schmidtanna_40017_{number}_submission.py"
        path.write_bytes(packed({name: text, "zhangwei_4_3_submission.py": b""}))
        paths.append(path)
    assert texts(collect_class(paths, LATE))["schmidtanna_40017"] == "x = 2\n"


def attempt(id_: str, points: float | None, of: int) -> Report:
    if points is None:
        outcome = Outcome(Verdict.INTERNAL_ERROR)
    else:
        assert GRADED.score is not None
        criteria = tuple(replace(one, points=points / 2) for one in GRADED.score.criteria)
        outcome = replace(GRADED, score=replace(GRADED.score, criteria=criteria))
    return report(outcome, submission=replace(SUBMISSION, id=id_, attempts=of))


def test_the_best_grade_counts_and_the_later_of_equal_ones() -> None:
    reports = [
        attempt("a", 4, 3), attempt("a~2", 8, 3), attempt("a~3", 8, 3), attempt("b", 2, 1),
        attempt("c", 9, 2), attempt("c~2", None, 2),
    ]  # fmt: skip
    assert [one.submission.id for one in counting(reports)] == ["a~3", "b", "c~2"]


def test_attempts_of_an_earlier_grading_do_not_count() -> None:
    reports = [attempt("a", 4, 1), attempt("a~2", 8, 3), attempt("a~3", 9, 3)]
    assert [one.submission.id for one in counting(reports)] == ["a"]


# --- malice -------------------------------------------------------------------------------------


def honest(names: Sequence[str]) -> dict[str, bytes]:
    return {f"{name}_{i}_9{i}_submission.py": b"x = 1\n" for i, name in enumerate(names)}


def zip_bomb() -> bytes:
    return packed({"submission.py": b"#" * (64 << 20)})


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (zip_bomb, "archive"),
        (lambda: packed({"../../escaped.py": b"x = 1\n"}), "archive"),
        (lambda: packed({"/escaped.py": b"x = 1\n"}), "archive"),
        (lambda: packed({"inner.zip": packed({"submission.py": b""})}), "archive"),
        (lambda: packed({"submission.py": b"", "Submission.py": b""}), "ambiguous"),
        (lambda: b"no archive", "archive"),
    ],
)
def test_an_archive_in_a_download_is_as_suspect_as_any(
    tmp_path: Path, content: Callable[[], bytes], rule: str
) -> None:
    files = honest(["anna", "ben"]) | {"mallory_7_8_hw.zip": content()}
    work = collected(tmp_path, files)
    verdicts = {one.id: [problem.rule for problem in one.problems] for one in work.submissions}
    assert verdicts == {"anna_0": [], "ben_1": [], "mallory_7": [rule]}


def test_a_file_that_unpacks_to_gigabytes_is_its_students_alone(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in honest(["anna", "ben"]).items():
            archive.writestr(name, content)
        archive.writestr("mallory_7_8_submission.py", bytes(64 << 20))
    work = collect_class([path], LATE)
    verdicts = {one.id: [problem.rule for problem in one.problems] for one in work.submissions}
    assert verdicts["anna_0"] == verdicts["ben_1"] == []
    assert verdicts["mallory_7"] in (["archive"], ["too-large"])


@pytest.mark.parametrize("name", ["../x_1_2_a.py", "/x_1_2_a.py", "x_1_2_..\\..\\a.py"])
def test_a_download_that_would_land_elsewhere_is_not_opened(tmp_path: Path, name: str) -> None:
    files = honest(["anna", "ben"]) | {name: b"x = 1\n"}
    with pytest.raises(IntakeError, match="Unpack it, and give the folder instead"):
        collected(tmp_path, files, from_="canvas")
    (refused,) = collected(tmp_path, files).submissions
    assert [problem.rule for problem in refused.problems] == ["archive"]


def test_a_name_cannot_be_another_students_or_leave_its_folder(tmp_path: Path) -> None:
    hostile = ["anna", "\u202eanna", "a..b", "con", "a" * 150, "anna~2", "x\ny"]
    work = collected(tmp_path, {f"{n}_{i}_9_x.py": b"" for i, n in enumerate(hostile)})
    ids = [one.id for one in work.submissions]
    assert len({id_.casefold() for id_ in ids}) == len(hostile)
    assert all(_is_safe_id(id_) and "~" not in id_ for id_ in ids)


def test_a_student_cannot_pose_as_another_by_what_a_file_is_called(tmp_path: Path) -> None:
    files = honest(["anna", "ben"]) | {"mallory_7_8_anna_0_99_submission.py": b"x = 2\n"}
    work = collected(tmp_path, files)
    assert [one.id for one in work.submissions] == ["anna_0", "ben_1", "mallory_7"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need privileges on Windows")
def test_links_in_an_unpacked_download_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("password = 1\n")
    folder = unpacked(samples.moodle_zip(CLASS[:2]), tmp_path / "moodle")
    for name in ("Mallory_66_assignsubmission_file", "Eve_67_assignsubmission_file"):
        (folder / name).mkdir()
    (folder / "Mallory_66_assignsubmission_file" / "submission.py").symlink_to(
        tmp_path / "secret.py"
    )
    (folder / "Eve_67_assignsubmission_file" / "a").symlink_to(tmp_path)
    (folder / "Trudy_68_assignsubmission_file").symlink_to(tmp_path)
    work = collect_class([folder], LATE)

    rules = {one.id: [problem.rule for problem in one.problems] for one in work.submissions}
    assert rules["Mallory_66"] == ["unreadable"]
    assert rules["Eve_67"] == rules["Trudy_68"] == ["no-submission"]
    assert not any("password" in file.text for one in work.submissions for file in one.files)


# --- any class ----------------------------------------------------------------------------------

WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "Mn", "Mc", "Nd"], exclude_characters="ǰ"),
    min_size=1,
    max_size=12,
).filter(lambda word: bool(words(word)))


@st.composite
def classes(draw: st.DrawFn) -> tuple[Learner, ...]:
    """Return a class; whoever has one number has all ids of their own."""
    size = draw(st.integers(2, 8))
    class_ = []
    for number in range(size):
        hours = draw(st.one_of(st.none(), st.integers(-72, 72)))
        class_.append(
            replace(
                samples.learner(draw(st.one_of(st.just(""), WORDS)), draw(WORDS), number),
                submitted_at=None if hours is None else DUE + timedelta(hours=hours),
                files=draw(
                    st.sampled_from(
                        [
                            {"submission.py": b"x = 1\n"},
                            {"submission (1).py": b"x = 1\n", "blocks.py": b"y = 1\n"},
                            {"my notebook.ipynb": NOTEBOOK, "notes.pdf": b"%PDF"},
                            {"hw.zip": b""},
                        ]
                    )
                ),
            )
        )
    return tuple(class_)


NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": {"colab": {"provenance": []}},
        "cells": [{"cell_type": "code", "metadata": {"id": "a"}, "source": ["x = 1\n", "!ls"]}],
    }
).encode()


@pytest.mark.parametrize("format_", DOWNLOADS)
@given(class_=classes())
def test_any_class_comes_back(
    tmp_path_factory: pytest.TempPathFactory, format_: str, class_: tuple[Learner, ...]
) -> None:
    if format_ == "brightspace":
        class_ = named_once(class_)
    present = samples.handed_in(class_)
    assume(present)
    path = tmp_path_factory.mktemp("class")
    files = samples.FORMATS[format_](class_)

    work = collected(path, files, roster=roster_of(class_))

    assert work.taken[0].title != "a submission"
    assert work.matched is not None
    assert (work.matched.nobody, work.matched.unsure) == ((), {})
    by_number = {one.students[0].number: one for one in work.submissions}
    assert set(by_number) == {one.number for one in present}
    for one in present:
        submission = by_number[one.number]
        assert submission.problems == ()
        assert submission.files[0].text.startswith("x = 1\n")
        assert submission.students[0].name == one.sortable
        if format_ == "canvas":
            assert submission.marked_late == one.late
        if format_ in {"blackboard", "brightspace", "gradescope"}:
            assert submission.submitted_at == one.submitted_at
    absent = {one.number for one in class_ if not one.submitted_at}
    assert {student.student_id for student in work.matched.missing} == absent


@given(
    data=st.binary(max_size=300),
    name=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30),
)
def test_no_download_however_odd_fails_otherwise_than_said(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("submission_metadata.yml", data)
        file.writestr(f"{name}_1_2_x.py", data)
        file.writestr(f"{name}_1_assignsubmission_file/{name}.py", data)
        file.writestr(f"hw_{name}_attempt_2027-99-31-20-59-00.txt", data)
    path = tmp_path_factory.mktemp("class") / "x.zip"
    path.write_bytes(archive.getvalue())
    for from_ in (None, *DOWNLOADS, "folder"):
        try:
            work = collect_class([path], LATE, roster_of(CLASS), from_=from_)
        except IntakeError:
            continue
        assert all(_is_safe_id(one.id) for one in work.submissions)
        assert all(one.submitted_at is None or one.submitted_at.tzinfo for one in work.submissions)
