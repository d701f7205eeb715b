from __future__ import annotations

import pytest

from autograder import names

# Written with escapes: these are made not to be told from the plain ones.
CYRILLIC_O = "\u043e"
RIGHT_TO_LEFT = "\u202e"
ZERO_WIDTH = "\u200b"


@pytest.mark.parametrize(
    ("name", "stem", "suffix"),
    [
        ("anna.py", "anna", ".py"),
        ("Anna.PY", "Anna", ".py"),
        ("a.b.ipynb", "a.b", ".ipynb"),
        ("anna.py. . ", "anna", ".py"),
        ("gro\u0308\u00dfe.py", "gr\u00f6\u00dfe", ".py"),
        ("README", "README", ""),
        ("submission.py:Zone.Identifier", "submission.py:Zone", ".identifier"),
    ],
)
def test_names_are_read_as_the_strictest_system_would(name: str, stem: str, suffix: str) -> None:
    assert (names.stem(name), names.suffix(name)) == (stem, suffix)


@pytest.mark.parametrize("name", ["a.py", "a.ipynb", "A.PY", "a.py ", "protest_1.py"])
def test_python_files_and_notebooks_are_sources(name: str) -> None:
    assert names.is_source(name)


@pytest.mark.parametrize("name", [".a.py", "test_a.py", "conftest.py", "test.py", "a.pyc", "py"])
def test_hidden_files_and_tests_are_no_sources(name: str) -> None:
    assert not names.is_source(name)


@pytest.mark.parametrize("name", ["a.zip", "A.ZIP", "a.tar.gz", "a.7z", "a.rar"])
def test_packed_files_are_archives(name: str) -> None:
    assert names.is_archive(name)
    assert not names.is_archive(f"._{name}")  # what macOS leaves beside it


def test_folders_of_programs_are_not_looked_into() -> None:
    assert names.is_folder_to_look_into("anna")
    for name in ("__MACOSX", "__pycache__", ".git", "checks"):
        assert not names.is_folder_to_look_into(name)


@pytest.mark.parametrize(
    "name", ["blocks.py", "blocks_2.py", "gr\u00f6\u00dfe.py", "gro\u0308\u00dfe.py", "\u0159ez.py"]
)
def test_a_plain_name_is_a_modules(name: str) -> None:
    assert names.could_be_imported(name)
    assert names.module_fault(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (f"bl{CYRILLIC_O}cks.py", "CYRILLIC SMALL LETTER O"),
        ("\uff42locks.py", "FULLWIDTH LATIN SMALL LETTER B"),
        ("\ufb01lter.py", "LATIN SMALL LIGATURE FI"),
        ("\u0261lobal.py", "LATIN SMALL LETTER SCRIPT G"),
        ("\u3164.py", "HANGUL FILLER"),
        (f"bl{RIGHT_TO_LEFT}ocks.py", "RIGHT-TO-LEFT OVERRIDE"),
        (f"bl{ZERO_WIDTH}ocks.py", "ZERO WIDTH SPACE"),
        ("bl\x1bocks.py", "U+001B"),
        ("con.py", "device"),
        ("Aux.py", "device"),
        ("lpt1.py", "device"),
        ("blocks.py ", "Windows takes away"),
        ("blocks.py.", "Windows takes away"),
    ],
)
def test_a_name_that_deceives_or_cannot_be_saved_is_no_modules(name: str, why: str) -> None:
    assert names.could_be_imported(name)
    assert why in (names.module_fault(name) or "")


@pytest.mark.parametrize("name", ["my-notes.py", "1.py", "a b.py", "Kopie von a.py", "a\udce4.py"])
def test_what_no_import_could_mean_is_of_no_concern(name: str) -> None:
    assert not names.could_be_imported(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("blocks.py", "Blocks.PY"),
        ("blocks.py", "blocks.py "),
        ("gro\u0308\u00dfe.py", "gr\u00f6\u00dfe.py"),
        ("stra\u00dfe.py", "STRASSE.py"),
        ("\ufb01lter.py", "filter.py"),
    ],
)
def test_names_that_some_system_takes_for_one_collide(one: str, other: str) -> None:
    assert names.collision_key(one) == names.collision_key(other)


def test_different_names_do_not_collide() -> None:
    assert names.collision_key("block.py") != names.collision_key("blocks.py")


def test_what_is_shown_has_no_odd_characters_and_an_end() -> None:
    assert names.printable(f"a{RIGHT_TO_LEFT}\x1b\udce4.py") == "a\ufffd\ufffd\ufffd.py"
    assert names.printable("größe.py") == "größe.py"
    assert len(names.printable("a" * 5000)) < 100
