from __future__ import annotations

from copy import copy
from functools import partial

import pytest

from autograder.choosing import MAX_FILES, Choice, File, Folder, choose, innermost
from autograder.models import Finding


def unread(_: int) -> bytes:
    raise AssertionError("files are chosen by their names alone")


def files(*names: str) -> tuple[File, ...]:
    return tuple(File(name, unread) for name in names)


def chosen(*names: str) -> Choice:
    choice = choose(Folder(files(*names)), "submission", {"keras", "random"})
    assert isinstance(choice, Choice), choice
    return choice


def refused(folder: Folder) -> Finding:
    finding = choose(folder, "submission", set())
    assert isinstance(finding, Finding)
    return finding


def modules(choice: Choice) -> list[tuple[str, str]]:
    return [(file.name, module) for file, module in choice.files]


def rules(choice: Choice) -> list[str]:
    return [problem.rule for problem in choice.problems]


@pytest.mark.parametrize(
    "name", ["submission.py", "anything at all.py", "hw\u202e.ipynb", "CON.py"]
)
def test_the_only_file_is_the_main_module_whatever_its_name(name: str) -> None:
    assert modules(chosen(name)) == [(name, "submission.py")]
    assert chosen(name).problems == ()


def test_helpers_are_what_can_be_imported() -> None:
    choice = chosen("submission.py", "blocks.py", "Notes.PY", "my-notes.py", "other.ipynb")
    assert modules(choice) == [
        ("submission.py", "submission.py"), ("blocks.py", "blocks.py"), ("Notes.PY", "Notes.py"),
    ]  # fmt: skip
    assert choice.problems == ()


def test_accents_are_composed_as_python_does_it() -> None:
    choice = chosen("submission.py", "gro\u0308\u00dfe.py")
    assert modules(choice)[1][1] == "gr\u00f6\u00dfe.py"
    assert choice.problems == ()


@pytest.mark.parametrize(
    "helper", ["bl\u043ecks.py", "\uff42locks.py", "bl\u202eocks.py", "aux.py", "blocks.py "]
)
def test_a_helper_with_a_deceptive_name_is_a_problem(helper: str) -> None:
    choice = chosen("submission.py", helper)
    assert rules(choice) == ["module-name"]
    assert modules(choice) == [("submission.py", "submission.py")]
    assert choice.problems[0].hint
    assert choice.problems[0].message.isprintable()


@pytest.mark.parametrize("helper", ["keras.py", "random.py"])
def test_a_helper_may_not_hide_a_library(helper: str) -> None:
    assert rules(chosen("submission.py", helper)) == ["module-name"]


@pytest.mark.parametrize(
    "names",
    [
        ("submission.py", "Submission.py"),
        ("submission.py", "blocks.py", "Blocks.py"),
        ("hw.ipynb", "SUBMISSION.py"),
        ("submission.py", "gr\u00f6\u00dfe.py", "gro\u0308\u00dfe.py"),
    ],
)
def test_two_names_for_one_module_are_ambiguous(names: tuple[str, ...]) -> None:
    choice = chosen(*names)
    assert rules(choice) == ["ambiguous"]
    assert names[-2] in choice.problems[0].message


def test_two_files_of_which_neither_has_the_name_are_ambiguous() -> None:
    finding = refused(Folder(files(*(f"part{number}.py" for number in range(7)))))
    assert finding.rule == "ambiguous"
    assert "part4.py, …" in finding.message
    assert "submission.py" in finding.hint


def test_an_empty_folder_is_no_submission() -> None:
    assert refused(Folder()).rule == "no-submission"


def test_archives_in_an_archive_are_named_not_opened() -> None:
    finding = refused(Folder(archives=files("inner.zip")))
    assert finding.rule == "archive"
    assert "inner.zip" in finding.message


def test_there_is_an_end_to_the_number_of_helpers() -> None:
    helpers = [f"part{number}.py" for number in range(MAX_FILES)]
    assert refused(Folder(files("submission.py", *helpers))).rule == "too-large"
    assert len(chosen("submission.py", *helpers[:-1]).files) == MAX_FILES


def test_folders_that_hold_nothing_but_a_folder_are_unwrapped() -> None:
    inside = Folder(files("submission.py"), folders={"data": Folder})
    wrapped = Folder(archives=files("old.zip"), folders={"hw": lambda: inside})
    assert wrapped.unwrapped() is inside


def test_a_link_is_not_unwrapped() -> None:
    folder = Folder(folders={"link": None})
    assert folder.unwrapped() is folder


def test_unwrapping_ends() -> None:
    def endless() -> Folder:
        return Folder(folders={"again": endless})

    assert endless().unwrapped().folders


@pytest.mark.parametrize(
    "name",
    [
        "submission (1).py", "submission-2.py", "submission_3.py", "submission - Copy.py",
        "submission copy 2.py", "submission-Copy1.ipynb", "Copy of submission.ipynb",
        "submission (1) (2).py",
    ],
)  # fmt: skip
def test_a_number_that_some_program_gave_it_is_no_other_name(name: str) -> None:
    choice = chosen("blocks.py", name)
    assert modules(choice) == [(name, "submission.py"), ("blocks.py", "blocks.py")]


def test_the_name_itself_counts_more_than_a_copy_of_it() -> None:
    assert modules(chosen("submission (1).py", "submission.py")) == [
        ("submission.py", "submission.py")
    ]


def test_of_two_copies_neither_is_guessed() -> None:
    finding = refused(Folder(files("submission (1).py", "submission (2).py", "blocks.py")))
    assert finding.rule == "ambiguous"
    assert "submission (1).py, submission (2).py" in finding.message


def folder(*names: str, **inside: Folder) -> Folder:
    return Folder(files(*names), (), {name: partial(copy, it) for name, it in inside.items()})


def test_the_one_folder_with_sources_is_the_submission_whatever_lies_beside_it() -> None:
    code, empty = folder("hw.py", "blocks.py"), folder()
    assert innermost(folder(report=empty, all=folder(code=code, data=empty)), "hw2") == code


def test_the_one_folder_with_the_module_is_the_submission() -> None:
    code = folder("submission.py", layers=folder("blocks.py"))
    assert innermost(folder(code=code, tries=folder("old.py")), "submission") == code


def test_two_folders_with_the_module_are_not_guessed_among() -> None:
    both = folder(one=folder("submission.py"), other=folder("submission.py"))
    assert innermost(both, "submission") is both


def test_an_environment_that_was_handed_in_is_not_searched_to_its_end() -> None:
    inside = {f"part{number}": folder() for number in range(500)}
    many = folder(code=folder("submission.py"), environment=folder(**inside))
    assert innermost(many, "submission") is many
