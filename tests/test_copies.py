"""What was handed in comes back from its copy, byte by byte, whatever it was called."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.archives import Archive, open_archive
from autograder.copies import CopiedFile, HandIn, pack, unpack
from autograder.errors import ResultsError
from autograder.models import Finding, Location

HOSTILE = [
    "../../up.py", "/etc/passwd.py", "a\nb.py", "\x1b[31mred.py", "::error::x.py", "\u202eyp.py",
    "aux.py", "x" * 60_000 + ".py", "é" * 30_000 + ".py", "e\u0301.py", "half\ud800.py", "a\0b.py",
    "contents.json", "CONTENTS.JSON", "renamed/0-x.py", "back\\slash.py", "", ".", "..", "x.py. ",
]  # fmt: skip


def hand_in(*names: str) -> HandIn:
    return HandIn(
        tuple(CopiedFile(name, f"m{i}.py", f"{i}".encode()) for i, name in enumerate(names))
    )


def entries(copy: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        return archive.namelist()


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:30])
def test_a_hostile_name_comes_back_and_is_none_in_the_archive(name: str) -> None:
    copy = pack(hand_in("submission.py", name))
    assert unpack(copy) == hand_in("submission.py", name)
    _, first, second = entries(copy)
    assert first == "submission.py"
    assert second.startswith("renamed/1-")
    assert second.isascii() or "é" in second
    assert len(second) < 200
    assert isinstance(open_archive(io.BytesIO(copy), "copy"), Archive)


def test_plain_names_stay_what_they_are() -> None:
    assert entries(pack(hand_in("submission.py", "helper.py")))[1:] == [
        "submission.py",
        "helper.py",
    ]


def test_names_that_some_systems_take_for_one_are_kept_apart() -> None:
    names = ("a.py", "A.py", "a.py", "0-a.py", "b\n.py", "b\t.py")
    copy = pack(hand_in(*names))
    assert unpack(copy) == hand_in(*names)
    assert len({entry.casefold() for entry in entries(copy)}) == 1 + len(names)


@given(st.lists(st.tuples(st.text(), st.binary()), max_size=5))
def test_anything_comes_back(files: list[tuple[str, bytes]]) -> None:
    found = HandIn(tuple(CopiedFile(name, "m.py", content) for name, content in files))
    assert unpack(pack(found)) == found


def test_problems_come_back() -> None:
    found = HandIn(problems=(Finding("too-large", "Too large.", "Less.", Location("a.py", 3, 1)),))
    assert unpack(pack(found)) == found


def test_a_file_of_16_mib_that_packs_well_comes_back() -> None:
    found = HandIn((CopiedFile("a.ipynb", "a.py", bytes(16 << 20)),))
    copy = pack(found)
    assert len(copy) < 1 << 16
    assert unpack(copy) == found


def test_the_same_files_make_the_same_copy() -> None:
    assert pack(hand_in("a.py")) == pack(hand_in("a.py"))


def other_zip(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "copy",
    [
        b"",
        b"PK",
        pack(hand_in("a.py"))[:-30],
        other_zip(a_py="x"),
        other_zip(contents_json="{"),
        other_zip(contents_json='{"files": [], "problems": 3}'),
        other_zip(contents_json='{"files": [{"entry": "a", "name": "61", "module": "m"}], '
                                '"problems": []}'),
        other_zip(contents_json='{"files": [{"entry": "a", "name": "6", "module": "m"}], '
                                '"problems": []}', a="x"),
    ],
)  # fmt: skip
def test_what_is_no_copy_is_refused(copy: bytes, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="the copy of what was handed in"):
        unpack(copy)
    assert list(tmp_path.iterdir()) == []
