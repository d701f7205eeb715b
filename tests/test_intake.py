from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from autograder import reading
from autograder.choosing import MAX_FILES
from autograder.config import Config
from autograder.errors import IntakeError
from autograder.intake import collect, take_in_copy, unique_ids
from autograder.models import Location, Submission
from autograder.notebooks import MAX_SOURCE_BYTES

ROOT = Path(__file__).parent.parent
CONFIG = Config.model_validate(
    {
        "version": 1,
        "rubric": [
            {
                "id": "score",
                "title": "Score",
                "points": 1,
                "metric": "macro_f1",
                "zero_at": 0,
                "full_at": 1,
            }
        ],
    }
)
needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need privileges on Windows")
needs_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")


def write(path: Path, text: str = "x = 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def write_notebook(path: Path, source: str = "x = 1") -> Path:
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    return write(path, json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}))


def take(*paths: Path) -> tuple[Submission, ...]:
    return collect(paths, CONFIG)


def take_one(*paths: Path) -> Submission:
    (submission,) = take(*paths)
    return submission


def ids(*paths: Path) -> list[str]:
    return [submission.id for submission in take(*paths)]


def problem(submission: Submission) -> str:
    (finding,) = submission.problems
    return finding.rule


# --- what is a submission -----------------------------------------------------------------------


def test_a_python_file_is_a_submission_named_after_it(tmp_path: Path) -> None:
    submission = take_one(write(tmp_path / "anna.py"))

    (file,) = submission.files
    assert (submission.id, submission.student_id, submission.name) == ("anna", "anna", "")
    assert (file.name, file.origin, file.text) == ("submission.py", "anna.py", "x = 1\n")
    assert submission.problems == ()


@pytest.mark.parametrize("name", ["submission.py", "submission.ipynb"])
def test_a_file_with_the_name_handed_out_is_named_after_its_folder(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_notebook(tmp_path / "anna" / name)
    assert ids(path) == ["anna"]
    monkeypatch.chdir(path.parent)
    assert ids(Path(name)) == ["anna"]
    assert ids(Path()) == ["anna"]


def test_a_folder_with_the_module_is_one_submission_with_helpers(tmp_path: Path) -> None:
    for name in ("submission.py", "blocks.py", "my-notes.py", "test_mine.py", "data.csv"):
        write(tmp_path / "anna" / name)
    submission = take_one(tmp_path / "anna")

    assert submission.id == "anna"
    assert [file.name for file in submission.files] == ["submission.py", "blocks.py"]


def test_the_python_file_counts_where_a_notebook_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "submission.py", "chosen = 1\n")
    write_notebook(tmp_path / "anna" / "submission.ipynb")
    assert take_one(tmp_path / "anna").files[0].text == "chosen = 1\n"


def test_a_folder_of_anything_is_a_batch(tmp_path: Path) -> None:
    write(tmp_path / "anna.py")
    write_notebook(tmp_path / "ben.ipynb")
    write(tmp_path / "carl" / "submission.py")
    write_notebook(tmp_path / "dora" / "My homework.ipynb")
    write(tmp_path / "dora" / "helpers.py")
    write(tmp_path / "emil" / "homework.py")
    for other in (
        "README.md",
        "expected.yaml",
        "grades.csv",
        "handout.pdf",
        ".hidden.py",
        "conftest.py",
        "test_all.py",
        "checks/test_augmentation.py",
        "__pycache__/anna.cpython-311.py",
        ".ipynb_checkpoints/ben-checkpoint.ipynb",
        "__MACOSX/anna.py",
    ):
        write(tmp_path / other)
    submissions = take(tmp_path)

    assert [submission.id for submission in submissions] == ["anna", "ben", "carl", "dora", "emil"]
    assert all(submission.problems == () for submission in submissions)
    assert [file.name for file in submissions[3].files] == ["submission.py", "helpers.py"]
    assert submissions[3].files[0].origin == "My homework.ipynb"


def test_a_folder_inside_a_folder_is_unwrapped(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "hw" / "final" / "submission.py")
    write(tmp_path / "anna" / "__MACOSX" / "x.py")
    write(tmp_path / "ben.py")
    assert take(tmp_path)[0].files[0].name == "submission.py"


def test_the_module_may_have_another_name(tmp_path: Path) -> None:
    config = CONFIG.model_copy(
        update={"assignment": CONFIG.assignment.model_copy(update={"module": "network"})}
    )
    write(tmp_path / "anna" / "network.py")
    write(tmp_path / "anna" / "submission.py")
    (submission,) = collect([tmp_path / "anna"], config)
    assert [file.name for file in submission.files] == ["network.py", "submission.py"]


def test_each_submission_is_taken_once_however_often_it_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "anna.py")
    (tmp_path / "x").mkdir()
    again = tmp_path / "x" / ".." / "anna.py"
    (tmp_path / "x").joinpath("ben.py").write_text("")
    assert ids(tmp_path, path, again, path) == ["anna", "x"]


def test_the_solutions_hold_one_submission(tmp_path: Path) -> None:
    write(tmp_path / "solutions" / "reference" / "submission.py")
    write(tmp_path / "solutions" / "checks" / "test_augmentation.py")
    assert ids(tmp_path / "solutions") == ["reference"]


def test_the_handout_is_taken_in_without_a_problem() -> None:
    submission = take_one(ROOT / "assignment")
    assert submission.problems == ()
    assert [file.origin for file in submission.files] == ["submission.py"]


# --- what cannot be graded at all ---------------------------------------------------------------


def test_a_path_that_does_not_exist_is_our_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="nowhere: no such file or folder"):
        take(tmp_path / "nowhere")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="unpack other archives first"):
        take(write(tmp_path / "all.rar"))


def test_a_folder_with_nothing_in_it_says_what_was_looked_for(tmp_path: Path) -> None:
    write(tmp_path / "notes" / "readme.txt")
    with pytest.raises(IntakeError, match=r"nothing to grade in it; looked for submission\.py"):
        take(tmp_path)


# --- what is wrong with a submission ------------------------------------------------------------


def test_an_empty_folder_among_others_is_not_dropped_in_silence(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "submission.py")
    write(tmp_path / "ben" / "homework.pdf")
    _, ben = take(tmp_path)
    assert (ben.id, ben.files, problem(ben)) == ("ben", (), "no-submission")


@pytest.mark.parametrize("names", [("a.py", "b.py"), ("a.ipynb", "b.ipynb", "c.py")])
def test_two_candidates_are_ambiguous(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        write(tmp_path / "anna" / name)
    write(tmp_path / "ben.py")
    anna, _ = take(tmp_path)
    assert problem(anna) == "ambiguous"
    assert "a.py, b.py" in anna.problems[0].message.replace("ipynb", "py")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"x = '\xe4'\n", 1),
        (b"# one\n# two\n# three\nx = '\xe4'\n", 4),
        (b"# one\r\n# two\r# three\nx = '\xe4'\n", 4),
        (b"# coding: latin-1\nx = 1\n", None),
        (b"# coding: utf-7\nx = 1\n", None),
        (b"# coding: nonsense\nx = 1\n", None),
        (b"#!/usr/bin/python\r# coding: latin-1\rx = 1\n", None),
        (b"# coding: " + b"x" * 100_000 + b"\n", None),
        (b"x = 1\n\0\n", 2),
        (bytes(5000), 1),
        ("x = 1".encode("utf-16"), None),
        ("x = 1".encode("utf-16-be"), None),
    ],
)
def test_what_is_no_utf8_is_a_problem(tmp_path: Path, content: bytes, line: int | None) -> None:
    path = tmp_path / "anna.py"
    path.write_bytes(content)
    submission = take_one(path)

    assert submission.files == ()
    assert problem(submission) == "unreadable"
    assert submission.problems[0].location == Location("anna.py", line)
    assert len(submission.problems[0].message) < 200


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "anna.py"
    path.write_bytes("x = 'ä'\n".encode(encoding))
    assert "UTF-16" in take_one(path).problems[0].message


@pytest.mark.parametrize("declared", ["utf-8", "utf8", "UTF_8", "utf-8-sig"])
def test_utf8_may_be_declared_under_any_of_its_names(tmp_path: Path, declared: str) -> None:
    path = write(tmp_path / "anna.py", f"# -*- coding: {declared} -*-\nx = 'ä'\n")
    assert take_one(path).problems == ()


def test_a_byte_order_mark_and_windows_newlines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "anna.py"
    path.write_bytes(b"\xef\xbb\xbf# coding: utf-8\r\nx = '\xc3\xa4'\ry = 2\r\n")
    assert take_one(path).files[0].text == "# coding: utf-8\nx = 'ä'\ny = 2\n"


@pytest.mark.parametrize(
    ("source", "line"),
    [("# coding: utf-7\nx = 1", None), ("\nx = '\0'", 2), ("\n\nx = '\ud800'", 3)],
)
def test_a_notebook_cannot_hold_what_a_file_cannot(
    tmp_path: Path, source: str, line: int | None
) -> None:
    submission = take_one(write_notebook(tmp_path / "anna.ipynb", source))
    assert problem(submission) == "unreadable"
    assert submission.problems[0].location == Location("anna.ipynb", line, line and 1)


def test_a_broken_notebook_is_a_problem(tmp_path: Path) -> None:
    assert problem(take_one(write(tmp_path / "anna.ipynb", "{"))) == "not-a-notebook"


def test_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.intake.MAX_BYTES", 10)
    write(tmp_path / "anna" / "submission.py", "x = 1\n")
    write(tmp_path / "anna" / "helpers.py", "y = 2\n")
    submission = take_one(tmp_path / "anna")

    assert problem(submission) == "too-large"
    assert [file.name for file in submission.files] == ["submission.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows would write all of it")
def test_a_file_of_a_terabyte_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "anna.ipynb")
    os.truncate(path, 2**40)
    assert problem(take_one(path)) == "too-large"


def test_more_python_than_anyone_writes_is_too_large_all_files_together(tmp_path: Path) -> None:
    half = "#" * (MAX_SOURCE_BYTES // 2)
    write(tmp_path / "anna" / "submission.py", half)
    write(tmp_path / "anna" / "blocks.py", half[1:])
    assert take_one(tmp_path / "anna").problems == ()
    write(tmp_path / "anna" / "more.py", "x = 1\n")
    assert problem(take_one(tmp_path / "anna")) == "too-large"


def test_too_many_files_are_not_read(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "submission.py")
    for number in range(MAX_FILES):
        write(tmp_path / "anna" / f"part{number}.py")
    assert problem(take_one(tmp_path / "anna")) == "too-large"


@pytest.mark.parametrize("name", ["numpy.py", "keras.py", "random.py", "math.py"])
def test_a_helper_may_not_hide_a_library(tmp_path: Path, name: str) -> None:
    write(tmp_path / "anna" / "submission.py")
    write(tmp_path / "anna" / name)
    assert problem(take_one(tmp_path / "anna")) == "module-name"


@needs_links
def test_links_are_never_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.py", "password = 1\n")
    batch = tmp_path / "batch"
    write(batch / "anna" / "submission.py")
    (batch / "anna" / "helpers.py").symlink_to(secret)
    (batch / "ben.py").symlink_to(secret)
    (batch / "carl").symlink_to(tmp_path)
    (batch / "dora").mkdir()
    (batch / "dora" / "submission.py").symlink_to(secret)
    submissions = take(batch)

    assert [submission.id for submission in submissions] == ["anna", "ben", "carl", "dora"]
    assert [problem(submission) for submission in submissions] == ["unreadable"] * 4
    assert not any("password" in file.text for one in submissions for file in one.files)


@needs_links
def test_a_link_that_leads_to_itself_is_no_ones_end(tmp_path: Path) -> None:
    write(tmp_path / "anna.py")
    (tmp_path / "ben.py").symlink_to(tmp_path / "ben.py")
    (tmp_path / "carl").symlink_to(tmp_path / "carl")
    anna, ben = take(tmp_path)
    assert anna.problems == ()
    assert problem(ben) == "unreadable"


@needs_links
def test_a_link_on_the_command_line_is_the_users_own_wish(tmp_path: Path) -> None:
    write(tmp_path / "term" / "anna.py")
    (tmp_path / "current").symlink_to(tmp_path / "term")
    (tmp_path / "best.py").symlink_to(tmp_path / "term" / "anna.py")
    assert take_one(tmp_path / "current").problems == ()
    assert take_one(tmp_path / "best.py").problems == ()


@needs_fifo
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    write(tmp_path / "anna.py")
    os.mkfifo(tmp_path / "ben.py")
    _, ben = take(tmp_path)
    assert problem(ben) == "unreadable"


@needs_fifo
def test_a_file_swapped_for_a_pipe_after_the_look_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regular = write(tmp_path / "regular.py").lstat()
    os.mkfifo(tmp_path / "ben.py")
    monkeypatch.setattr(Path, "lstat", lambda _: regular)
    finding = reading.read(tmp_path / "ben.py", 100)
    assert not isinstance(finding, bytes)
    assert finding.rule == "unreadable"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows any byte in a file name")
def test_odd_file_names_do_not_reach_a_report(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "anna")
    Path(os.fsdecode(folder)).mkdir()
    Path(os.fsdecode(folder + b"/\x1b[31m\xff.py")).write_text("x = 1\n")
    write(tmp_path / "ben.py")
    anna, _ = take(tmp_path)
    assert anna.files[0].origin == "\ufffd[31m\ufffd.py"


# --- archives -----------------------------------------------------------------------------------


def pack(path: Path, files: dict[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


HANDED_IN = {"hw/submission.py": "x = 1\n", "hw/blocks.py": "y = 2\n", "__MACOSX/hw/._x.py": ""}


def test_an_archive_is_a_submission_named_after_it(tmp_path: Path) -> None:
    submission = take_one(pack(tmp_path / "anna.zip", HANDED_IN))
    assert (submission.id, submission.problems) == ("anna", ())
    assert [file.name for file in submission.files] == ["submission.py", "blocks.py"]
    assert submission.files[0].origin == "submission.py"


def test_an_archive_with_the_name_handed_out_is_named_after_its_folder(tmp_path: Path) -> None:
    assert ids(pack(tmp_path / "anna" / "submission.zip", HANDED_IN)) == ["anna"]


def test_archives_stand_beside_files_and_folders_in_a_batch(tmp_path: Path) -> None:
    pack(tmp_path / "anna.zip", HANDED_IN)
    write(tmp_path / "ben.py")
    pack(tmp_path / "carl" / "My homework.ZIP", HANDED_IN)
    write(tmp_path / "dora" / "submission.py")
    pack(tmp_path / "dora" / "backup.zip", HANDED_IN)
    submissions = take(tmp_path)

    assert [submission.id for submission in submissions] == ["anna", "ben", "carl", "dora"]
    assert all(submission.problems == () for submission in submissions)
    assert [len(submission.files) for submission in submissions] == [2, 1, 2, 1]


def test_an_archive_and_its_contents_have_the_same_digest(tmp_path: Path) -> None:
    write(tmp_path / "a" / "submission.py", "x = 1\n")
    write(tmp_path / "a" / "blocks.py", "y = 2\n")
    packed = take_one(pack(tmp_path / "b.zip", HANDED_IN))
    assert packed.sha256 == take_one(tmp_path / "a").sha256


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"notes.pdf": ""}, "no-submission"),
        ({"a.py": "", "b.py": ""}, "ambiguous"),
        ({"submission.py": "", "Submission.py": ""}, "ambiguous"),
        ({"submission.py": "", "numpy.py": ""}, "module-name"),
        ({"submission.py": "", "../blocks.py": ""}, "archive"),
        ({"hw/submission.zip": ""}, "archive"),
    ],
)
def test_what_is_wrong_in_an_archive_is_a_problem(
    tmp_path: Path, files: dict[str, str], rule: str
) -> None:
    assert problem(take_one(pack(tmp_path / "anna.zip", files))) == rule


@pytest.mark.parametrize(
    "name", ["anna.zip", "anna.rar", "anna.tar.gz", "anna/hw.7z", "anna/x.zip"]
)
def test_what_cannot_be_unpacked_is_not_dropped_in_silence(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "no archive")
    anna, _ = take(tmp_path, write(tmp_path / "ben.py"))
    assert problem(anna) == "archive"


def test_two_archives_in_a_folder_are_one_too_many(tmp_path: Path) -> None:
    pack(tmp_path / "anna" / "a.zip", HANDED_IN)
    pack(tmp_path / "anna" / "b.zip", HANDED_IN)
    assert problem(take(tmp_path)[0]) == "archive"


def test_archives_may_not_be_larger_than_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path / "anna.zip", {"submission.py": "x = 1\n" * 1000})
    monkeypatch.setattr("autograder.intake.MAX_BYTES", path.stat().st_size)
    assert problem(take_one(path)) == "too-large"  # unpacked
    monkeypatch.setattr("autograder.intake.MAX_BYTES", path.stat().st_size - 1)
    assert problem(take_one(path)) == "too-large"  # packed


# --- ids, digests, students ---------------------------------------------------------------------


def test_ids_are_unique_whatever_their_case() -> None:
    names = ["anna", "Anna", "anna", "anna-2", "ben"]
    assert unique_ids(names) == ["anna", "Anna-3", "anna-4", "anna-2", "ben"]


def test_numbered_ids_are_no_longer_than_others() -> None:
    # Else a roster would take the second for the first, whose name is cut to the same.
    assert unique_ids(["x" * 130, "x" * 140]) == ["x" * 120, "x" * 118 + "-2"]
    assert unique_ids(["ä" * 70, "ä" * 80]) == ["ä" * 60, "ä" * 59 + "-2"]


def test_ids_do_not_depend_on_the_order_of_the_paths(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(tmp_path / folder / "anna.py", f"folder = '{folder}'\n")
    forwards = take(tmp_path / "one", tmp_path / "two")
    backwards = take(tmp_path / "two", tmp_path / "one")

    assert [submission.id for submission in forwards] == ["anna", "anna-2"]
    assert forwards == backwards


def test_the_digest_changes_with_names_and_contents_alone(tmp_path: Path) -> None:
    def digest(folder: str, files: dict[str, str]) -> str:
        for name, text in files.items():
            write(tmp_path / folder / name, text)
        return take_one(tmp_path / folder).sha256

    first = digest("a", {"submission.py": "x = 1", "helpers.py": "y = 1"})
    assert first == digest("b", {"submission.py": "x = 1", "helpers.py": "y = 1", "n.txt": "note"})
    assert first != digest("c", {"submission.py": "x = 1", "helper.py": "y = 1"})
    assert first != digest("d", {"submission.py": "x = 2", "helpers.py": "y = 1"})
    assert first != digest("e", {"submission.py": "y = 1", "helpers.py": "x = 1"})


def test_what_is_wrong_is_part_of_the_digest(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write(tmp_path / "b.py")
    empty = take(tmp_path)[0]
    write(tmp_path / "a" / "x.py")
    write(tmp_path / "a" / "y.py")
    ambiguous = take(tmp_path)[0]
    assert empty.id == ambiguous.id
    assert empty.sha256 != ambiguous.sha256


# --- its copy -----------------------------------------------------------------------------------


def comes_back(submission: Submission) -> None:
    """Check that a copy is taken in as the submission was."""
    again = take_in_copy(submission.copy, submission.id)
    assert again.sha256 == submission.sha256
    assert (again.files, again.problems) == (submission.files, submission.problems)


def test_a_copy_of_a_file_is_the_same_submission(tmp_path: Path) -> None:
    comes_back(take_one(write(tmp_path / "Änna.py", "# \r\n\u00e9\n")))


def test_a_copy_of_a_notebook_is_the_same_submission(tmp_path: Path) -> None:
    comes_back(take_one(write_notebook(tmp_path / "anna.ipynb")))


def test_a_copy_of_a_folder_with_helpers_is_the_same_submission(tmp_path: Path) -> None:
    for name in ("submission.py", "zeta.py", "alpha.py", "Beta.py", "notes.txt"):
        write(tmp_path / "anna" / name, f"# {name}\n")
    submission = take_one(tmp_path / "anna")
    comes_back(submission)
    assert len(submission.files) == 4


def test_a_copy_of_an_archive_is_the_same_submission(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "anna.zip", "w") as archive:
        archive.writestr("anna/submission.py", "x = 1\n")
        archive.writestr("anna/helper.py", "y = 1\n")
    submission = take_one(tmp_path / "anna.zip")
    comes_back(submission)
    assert len(submission.files) == 2


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"\xffx", b"x\0", b"# coding: latin-1\n", b"x" * (1 << 20)]
)
def test_a_copy_of_what_is_no_source_has_the_same_problems(tmp_path: Path, content: bytes) -> None:
    for name in ("a.py", "b.ipynb"):
        (tmp_path / name).write_bytes(content)
        submission = take_one(tmp_path / name)
        assert submission.problems
        comes_back(submission)


def test_a_copy_of_what_could_not_be_read_has_the_same_problems(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    for name in ("submission.py", "numpy.py", "m\u0430in.py"):
        write(folder / name)
    submission = take_one(folder)
    assert [finding.rule for finding in submission.problems] == ["module-name"] * 2
    comes_back(submission)
    empty = take_one(write(tmp_path / "bob" / "nothing.zip", "no archive"))
    assert problem(empty) == "archive"
    comes_back(empty)


@needs_links
def test_a_copy_follows_no_link(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "secret.txt", "s3cret")
    write(tmp_path / "class" / "bob.py")
    (tmp_path / "class" / "anna.py").symlink_to(tmp_path / "elsewhere" / "secret.txt")
    anna, bob = take(tmp_path / "class")
    assert problem(anna) == "unreadable"
    comes_back(anna)
    comes_back(bob)
    with zipfile.ZipFile(io.BytesIO(anna.copy)) as archive:
        assert archive.namelist() == ["contents.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("name", [b"a\nb", b"\x1b[2J", b"half\xff", "e\u0301".encode(), b"..x"])
def test_a_copy_of_a_file_with_a_hostile_name_is_the_same_submission(
    tmp_path: Path, name: bytes
) -> None:
    folder = tmp_path / "class"
    write(folder / "submission.py")
    (folder / os.fsdecode(name + b"_helper.py")).write_bytes(b"x = 1\n")
    comes_back(take_one(folder))
    lone = tmp_path / "lone"
    lone.mkdir()
    (lone / os.fsdecode(name + b".py")).write_bytes(b"x = 1\n")
    for submission in take(lone / os.fsdecode(name + b".py")):
        comes_back(submission)
