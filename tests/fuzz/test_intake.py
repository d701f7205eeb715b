"""What is handed in: folders with anything in them under any name, and archives of those."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from random import Random

import pytest
from hypothesis import strategies as st

from autograder.archives import ArchiveLimits, archive_folder, open_archive
from autograder.choosing import Folder
from autograder.config import Config
from autograder.copies import CopiedFile, HandIn, pack, unpack
from autograder.errors import IntakeError, ResultsError
from autograder.intake import collect, take_in_copy
from autograder.models import Finding, Submission
from autograder.outputs import remove_folder
from autograder.store import _is_safe_id
from tests.conftest import TINY
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import ODD_TEXTS, bent_bytes, bent_json, grown
from tests.fuzz.shown import assert_printable

CONFIG = Config.model_validate(
    {"version": 1, "rubric": [{"id": "a", "title": "A", "points": 1, "rules": ["signature"]}]}
)
NAMES = (
    "submission.py", "submission.ipynb", "Submission.py", "SUBMISSION.PY", "submission.PY",
    "submission .py", "submission.py.", "\u0455ubmission.py", "helper.py", "Helper.py", "keras.py",
    "os.py", "my.ipynb", "con.py", "a.zip", "a.tar.gz", "test_x.py", "conftest.py", "__pycache__",
    "__MACOSX", ".hidden.py", ".py", "checks", "ada", "Ada", "ADA", "bo.py", "bo.ipynb",
    "cafe\u0301.py", "café.py", "\ufb01.py", "x\u202ey.py", "a b.py", "1.py", "x" * 240 + ".py",
    "x" * 120, "x" * 121, "x" * 122,
)  # fmt: skip
KINDS = "source source notebook empty bytes zip folder folder fifo link loop".split()


@dataclass(frozen=True)
class Entry:
    """A file, or a folder of them."""

    name: bytes
    kind: str
    content: bytes = b""
    entries: tuple[Entry, ...] = ()


def trees() -> st.SearchStrategy[tuple[Entry, ...]]:
    return grown(lambda random, changes: tuple(_entries(random, 0, changes)))


def _entries(random: Random, depth: int, most: int) -> Iterator[Entry]:
    for _ in range(random.randint(1, 2 * most)):
        kind = random.choice(KINDS)
        inside = tuple(_entries(random, depth + 1, most)) if kind == "folder" and depth < 5 else ()
        yield Entry(_name(random), kind, _content(random, kind), inside)


def _name(random: Random) -> bytes:
    odd = random.choice(ODD_TEXTS)[:80] + random.choice(["", ".py", ".ipynb", ".zip"])
    name = random.choice([random.choice(NAMES), random.choice(NAMES), odd])
    raw = name.encode("utf-8", "surrogatepass").replace(b"/", b"_").replace(b"\0", b"_")
    return random.choice([raw, raw, raw, raw + b"\xff.py"]) if raw.strip(b".") else b"_"


def _content(random: Random, kind: str) -> bytes:
    if kind == "zip":
        return packed(dict.fromkeys(random.choices(NAMES, k=random.randrange(4)), TINY.encode()))
    contents = {
        "source": TINY.encode(),
        "notebook": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}]}',
        "bytes": random.randbytes(20),
    }
    return contents.get(kind, b"")


def packed(files: dict[str, bytes]) -> bytes:
    """Return an archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def build(folder: Path, entries: tuple[Entry, ...], secret: Path) -> None:
    """Write a tree to the disk, as far as the disk takes it."""
    for entry in entries:
        path = folder / os.fsdecode(entry.name)
        if os.path.lexists(path):
            continue
        with suppress(OSError):  # too long for this disk
            match entry.kind:
                case "folder":
                    path.mkdir()
                    build(path, entry.entries, secret)
                case "fifo":
                    os.mkfifo(path)
                case "link":
                    path.symlink_to(secret)
                case "loop":
                    path.symlink_to(path.name)
                case _:
                    path.write_bytes(entry.content)


@fuzz(trees(), raises=(IntakeError,))
def test_folder(hostile: tuple[Entry, ...], folder: Path, tmp_path: Path) -> tuple[Finding, ...]:
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET", encoding="utf-8")
    handed_in = folder / "handed in"
    handed_in.mkdir()
    try:
        build(handed_in, hostile, secret)
        submissions = collect([handed_in], CONFIG)
    finally:
        remove_folder(handed_in)

    ids = [submission.id for submission in submissions]
    assert len({id_.casefold() for id_ in ids}) == len(ids)
    for submission in submissions:
        assert_taken_in(submission)
    return tuple(problem for submission in submissions for problem in submission.problems)


def assert_taken_in(submission: Submission) -> None:
    """Assert what the stages after intake count on."""
    assert _is_safe_id(submission.id)
    assert submission.files or submission.problems
    names = [file.name for file in submission.files]
    assert len({name.casefold() for name in names}) == len(names) or submission.problems
    for file in submission.files:
        assert "SECRET" not in file.text
        assert PurePosixPath(file.name).name == file.name
        assert file.name.endswith(".py")
        assert file.name.removesuffix(".py").isidentifier() or submission.problems
    for problem in submission.problems:
        assert_printable(problem)
    again = take_in_copy(submission.copy, submission.id)
    assert again.sha256 == submission.sha256
    assert (again.files, again.problems) == (submission.files, submission.problems)


ARCHIVE = packed(
    {"ada/submission.py": TINY.encode(), "ada/helper.py": b"x = 1\n" * 300, "ada/data/": b""}
)
ZIP_TOKENS = (
    b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08", b"\xff\xff",
    b"\xff\xff\xff\xff", b"\0\0\0\0", b"../", b"/etc/x.py", b"\\", b"C:", b"\1\0\x10\0", b"up",
    ARCHIVE[-60:], ARCHIVE[:60],
)  # fmt: skip


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    return draw(st.one_of(bent_bytes(ARCHIVE, ZIP_TOKENS), grown(_odd_archive)))


def _odd_archive(random: Random, changes: int) -> bytes:
    """Return an archive that is whole but odd: in its names, its kinds of entries, its claims."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", random.choice([0, 8, 8, 12, 14])) as archive:
        for _ in range(2 * changes):
            info = zipfile.ZipInfo("x")
            info.filename = _archive_name(random)
            info.compress_type = random.choice([0, 8, 8, 8, 12])
            info.external_attr = (
                random.choice([0, 0, stat.S_IFLNK, stat.S_IFREG, stat.S_IFIFO]) << 16
            )
            info.extra = random.choice(
                [b"", b"", b"\1\0\x10\0" + bytes(16), b"up\4\0\1abc", b"\xff"]
            )
            with suppress(ValueError, zipfile.LargeZipFile):
                archive.writestr(info, random.choice([b"", TINY.encode(), b"0" * 3_000_000]))
    return buffer.getvalue()


def _archive_name(random: Random) -> str:
    folders = random.choices(["", "", "..", "/", "C:", "ada", "ada\\", ".", "__MACOSX", "é"], k=2)
    name = os.fsdecode(_name(random)).encode("utf-8", "replace").decode()
    return "/".join([*filter(None, folders), name]) + random.choice(["", "", "", "/"])


@fuzz(archives())
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archive(hostile: bytes) -> Folder | Finding:
    limits = ArchiveLimits(unpacked_bytes=1 << 20)
    archive = open_archive(io.BytesIO(hostile), "my.zip", limits)

    if isinstance(archive, Finding):
        assert_printable(archive)
        return archive
    unpacked = 0
    for path in archive.files:
        assert not path.is_absolute()
        assert ".." not in path.parts
        content = archive.read(path, 1 << 19)
        if isinstance(content, Finding):
            assert_printable(content)
        else:
            unpacked += len(content)
    assert unpacked <= limits.unpacked_bytes
    return archive_folder(archive).unwrapped()


@fuzz(archives(), share=0.5)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archive_as_a_submission(hostile: bytes, folder: Path) -> tuple[Finding, ...]:
    path = folder / "ada.zip"
    path.write_bytes(hostile)

    (submission,) = collect([path], CONFIG)

    assert_taken_in(submission)
    return submission.problems


COPY = pack(
    HandIn(
        (
            CopiedFile("submission.py", "submission.py", TINY.encode()),
            CopiedFile("x\u202ey.py", "helper.py", b"x = 1\n" * 300),
        ),
        (Finding("unreadable", "No text.", "Hand in text."),),
    )
)


TABLE = json.loads(zipfile.ZipFile(io.BytesIO(COPY)).read("contents.json"))


def copies() -> st.SearchStrategy[bytes]:
    """Copies that somebody has edited: their bytes, or their table of contents."""
    tables = bent_json(TABLE, ("submission.py", "contents.json", "../x.py", "", "ff", 3))
    return st.one_of(
        bent_bytes(COPY, ZIP_TOKENS),
        tables.map(lambda table: packed({"contents.json": table, "submission.py": b"x = 1\n"})),
    )


@fuzz(copies(), raises=(ResultsError,), share=0.5)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_copy(hostile: bytes) -> HandIn:
    found = unpack(hostile)

    assert unpack(pack(found)) == found
    return found
