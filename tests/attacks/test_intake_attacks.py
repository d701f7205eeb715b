"""A class of nothing but files made to hurt whoever reads them, between two honest ones.

Graded once, for real. Each gets its verdict, its reason and its row, and nothing else happens.
"""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from autograder.cli import run
from autograder.intake import take_in_copy
from tests.conftest import TINY

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).parent.parent.parent
MIB = 1 << 20
HONEST = TINY.replace('"epochs": 2', '"epochs": 1')
TEN_THOUSAND = 10_000
ESCAPED = Path("/escaped.py")

Build = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """Something that was handed in.

    Attributes:
        name: In the class folder.
        build: Writes it to the path that it is given.
        rule: What it has to be told.
    """

    name: str
    build: Build
    rule: str

    @property
    def id(self) -> str:
        return Path(self.name).stem


# --- what is handed in --------------------------------------------------------------------------


def raw(data: bytes | Callable[[], bytes]) -> Build:
    """Return how to write a file; what is large is made only then."""

    def build(path: Path) -> None:
        path.write_bytes(data if isinstance(data, bytes) else data())

    return build


def text(source: str) -> Build:
    return raw(source.encode())


def folder(*names: str) -> Build:
    def build(path: Path) -> None:
        path.mkdir()
        for name in ("submission.py", *names):
            (path / name).write_text(HONEST)

    return build


def pack(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo("x")
            entry.filename, entry.compress_type = name, method
            archive.writestr(entry, data)
    return buffer.getvalue()


def packed(*names: str) -> Build:
    return raw(pack({name: HONEST.encode() for name in names}))


def notebook(source: str, times: int = 1) -> bytes:
    cell = json.dumps({"cell_type": "code", "source": source})
    return b'{"nbformat": 4, "cells": [%b]}' % ", ".join([cell] * times).encode()


def twice() -> bytes:
    data = pack({"submission.py": HONEST.encode(), "submissiom.py": b"x = 1\n"})
    return data.replace(b"submissiom.py", b"submission.py")


def linked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("submission.py")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def overlapping() -> bytes:
    """Two entries, of which the second is part of the contents of the first."""
    inner = pack({"submission.py": HONEST.encode()}, zipfile.ZIP_STORED)
    local = inner[: inner.index(b"PK\1\2")]
    data = pack({"a.py": local, "submission.py": HONEST.encode()}, zipfile.ZIP_STORED)
    first = data.index(local)
    moved = struct.pack("<L", data.index(local, first + 1))
    return struct.pack("<L", first).join(data.rsplit(moved, 1))


def table_of_contents() -> bytes:
    entry = pack({"a": b""})
    start = entry.index(b"PK\1\2")
    table = entry[start : start + 47] * 100_000
    return table + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, len(table), 0, 0)


def protected() -> bytes:
    data = bytearray(pack({"submission.py": HONEST.encode()}))
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def hundred_megabytes(path: Path) -> None:
    path.write_bytes(notebook(HONEST))
    os.truncate(path, 100 * MIB)


def million_cells() -> bytes:
    return b'{"nbformat": 4, "cells": [%b]}' % b",".join([b'{"cell_type":""}'] * 950_000)


def nested(before: str, after: str = "") -> Build:
    depth = min(TEN_THOUSAND, 60_000 // len(before + after))  # within the budget for sources
    return text(f"x = {before * depth}1{after * depth}\n")


def blocks(line: str) -> Build:
    return text("".join(f"{' ' * depth}{line}\n" for depth in range(300)))


def numbered_lines() -> bytes:
    return "".join(f"# {number}\n" for number in range(2_000_000)).encode()


def archives() -> list[Case]:
    return [
        Case("bomb-ratio.zip", raw(lambda: pack({"submission.py": bytes(12 * MIB)})), "archive"),
        Case("bomb-size.zip", raw(lambda: pack({"submission.py": numbered_lines()})), "too-large"),
        Case("bomb-count.zip", packed(*(f"x{n}.txt" for n in range(2001))), "too-large"),
        Case("bomb-nested.zip", raw(pack({"submission.zip": pack({"a": b""})})), "archive"),
        Case("bomb-quoted.zip", raw(overlapping), "archive"),
        Case("bomb-table.zip", raw(table_of_contents), "too-large"),
        Case("large.zip", raw(lambda: bytes(17 * MIB)), "too-large"),
        Case("traversal.zip", packed("submission.py", "../../escaped.py"), "archive"),
        Case("traversal-windows.zip", packed("submission.py", "..\\escaped.py"), "archive"),
        Case("absolute.zip", packed("submission.py", str(ESCAPED)), "archive"),
        Case("device.zip", packed("submission.py", "NUL.py"), "module-name"),
        Case("trailing.zip", packed("submission.py", "blocks.py. ."), "module-name"),
        Case("drive.zip", packed("submission.py", "C:\\escaped.py"), "archive"),
        Case("symlink.zip", raw(linked), "archive"),
        Case("twice.zip", raw(twice), "archive"),
        Case("case.zip", packed("hw/submission.py", "hw/Submission.py"), "ambiguous"),
        Case("bidi.zip", packed("submission.py", "bl\u202eocks.py"), "module-name"),
        Case("homoglyph.zip", packed("submission.py", "bl\u043ecks.py"), "module-name"),
        Case("folder-case.zip", packed("a/submission.py", "A/submission.py"), "no-submission"),
        Case("protected.zip", raw(protected), "archive"),
        Case("method.zip", raw(pack({"submission.py": b"x"}, zipfile.ZIP_LZMA)), "archive"),
        Case("truncated.zip", raw(pack({"submission.py": b"x"})[:-9]), "archive"),
        Case("garbage.zip", raw(b"PK\3\4" * 1000), "archive"),
        Case("nothing.zip", raw(pack({})), "no-submission"),
        Case("other.rar", raw(b"Rar!\x1a\x07\x00"), "archive"),
    ]


def names() -> list[Case]:
    look_alike = HONEST.replace("build_m", "build_\u043c")
    bad = "x = 1\n"  # what is wrong is inside: a name alone costs nobody anything
    return [
        Case("helper-case", folder("blocks.py", "Blocks.py"), "ambiguous"),
        Case("helper-bidi", folder("bl\u202eocks.py"), "module-name"),
        Case("helper-homoglyph", folder("bl\u043ecks.py"), "module-name"),
        Case("helper-fullwidth", folder("\uff42locks.py"), "module-name"),
        Case("helper-device", folder("aux.py"), "module-name"),
        Case("helper-space", folder("blocks.py "), "module-name"),
        Case("helper-library", folder("keras.py"), "module-name"),
        Case("bidi\u202ename.py", text(bad), "required-functions"),
        Case("CON.py", text(bad), "required-functions"),
        Case("functi\u043en.py", text(look_alike), "required-functions"),
    ]


def notebooks() -> list[Case]:
    deep_json = b'{"nbformat": 4, "cells": ' + b"[" * 100_000
    wide = notebook(HONEST).decode().encode("utf-16")
    digits = b'{"nbformat": %b, "cells": []}' % (b"9" * 100_000)
    return [
        Case("100-megabytes.ipynb", hundred_megabytes, "too-large"),
        Case("million-cells.ipynb", raw(million_cells), "too-large"),
        Case("million-lists.ipynb", raw(lambda: b"[" + b"[]," * 3_000_000 + b"[]]"), "too-large"),
        Case("no-json.ipynb", raw(b'{"nbformat": 4, "cells": ['), "not-a-notebook"),
        Case("deep-json.ipynb", raw(deep_json), "not-a-notebook"),
        Case("digits-in-json.ipynb", raw(digits), "not-a-notebook"),
        Case("utf-16-json.ipynb", raw(wide), "not-a-notebook"),
        Case("surrogate.ipynb", raw(notebook("x = '\ud800'")), "unreadable"),
        Case("nul-in-json.ipynb", raw(notebook("x = '\0'")), "unreadable"),
        Case("long-cell.ipynb", raw(lambda: notebook("x = 1\n" * MIB)), "too-large"),
        Case("magics.ipynb", raw(notebook("%%time\n" * 15_000)), "required-functions"),
    ]


def encodings() -> list[Case]:
    return [
        Case("nul-character.py", raw(HONEST.encode() + b"\0"), "unreadable"),
        Case("latin-1.py", raw(b"x = '\xe4'\n"), "unreadable"),
        Case("half-character.py", raw(b"x = '\xed\xa0\x80'\n"), "unreadable"),
        Case("overlong.py", raw(b"x = '\xc0\xaf'\n"), "unreadable"),
        Case("utf-16-bom.py", raw(HONEST.encode("utf-16")), "unreadable"),
        Case("utf-16.py", raw(HONEST.encode("utf-16-le")), "unreadable"),
        Case("coding.py", text("# coding: utf-7\n" + HONEST), "unreadable"),
        Case("coding-hidden.py", text("#!python\r# coding: utf-7\r" + HONEST), "unreadable"),
        Case("carriage-returns.py", text("x = 1\rdef f(:\r"), "syntax"),
    ]


def deep() -> list[Case]:
    return [
        Case("parentheses.py", nested("(", ")"), "syntax"),
        Case("lists.py", nested("[", "]"), "syntax"),
        Case("calls.py", nested("f(", ")"), "syntax"),
        Case("calls-of-calls.py", text("f" + "()" * TEN_THOUSAND), "syntax"),
        Case("attributes.py", text("a" + ".a" * TEN_THOUSAND), "syntax"),
        Case("minus.py", nested("-"), "syntax"),
        Case("plus.py", nested("1 + "), "syntax"),
        Case("lambdas.py", nested("lambda: "), "syntax"),
        Case("conditions.py", nested("a if b else "), "syntax"),
        Case("comprehensions.py", nested("[x for x in ", "]"), "syntax"),
        Case("f-strings.py", text("x = f'{" + "-" * TEN_THOUSAND + "1}'"), "syntax"),
        Case("ifs.py", blocks("if a:"), "syntax"),
        Case("withs.py", blocks("with a:"), "syntax"),
        Case("defs.py", blocks("def f():"), "syntax"),
        Case("elifs.py", text("if a: b\n" + "elif a: b\n" * 6000), "syntax"),
        Case("decorators.py", text("@a\n" * TEN_THOUSAND + "def f(): 1"), "required-functions"),
        Case("imports.py", text("import a" + ".a" * TEN_THOUSAND), "syntax"),
    ]


def long() -> list[Case]:
    return [
        Case("digits.py", text("x = " + "9" * TEN_THOUSAND), "syntax"),
        Case("lines.py", raw(lambda: b"a\n" * (8 * MIB - 1)), "too-large"),
        Case("line.py", raw(lambda: b"x = " + b"1 + " * (2 * MIB) + b"1\n"), "too-large"),
        Case("many-files", folder(*(f"x{n}.py" for n in range(64))), "too-large"),
    ]


def special() -> list[Case]:
    return [
        Case("link.py", lambda path: path.symlink_to("/etc/passwd"), "unreadable"),
        Case("link-to-itself.py", lambda path: path.symlink_to(path), "unreadable"),
        Case("link-to-a-folder", lambda path: path.symlink_to("/etc"), "unreadable"),
        Case("pipe.py", os.mkfifo, "unreadable"),
        Case("empty", Path.mkdir, "no-submission"),
    ]


def honest() -> dict[str, Build]:
    """Return what is only unusual: macOS' archives, and Windows' line ends and marks."""
    helper, size = "gro\u0308\u00dfe.py", "x" * len("gro\u0308\u00dfe.py".encode())
    files = {
        "My homework/submission.py": f"from gr\u00f6\u00dfe import filters\n{HONEST}".encode(),
        f"My homework/{size}": b"filters = 8\n",
        "My homework/Aufgabe: Fragen?.pdf": b"%PDF",
        "__MACOSX/My homework/._submission.py": b"\0\5\x16\7",
        ".DS_Store": b"\0",
    }
    windows = "# -*- coding: utf8 -*-\n" + HONEST
    return {
        "honest-macos.zip": raw(pack(files).replace(size.encode(), helper.encode())),
        "honest-windows.py": raw(b"\xef\xbb\xbf" + windows.replace("\n", "\r\n").encode()),
    }


CASES = [*archives(), *names(), *notebooks(), *encodings(), *deep(), *long(), *special()]


# --- grading it ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Graded:
    """What came of the class."""

    results: Path
    before: dict[str, int]
    after: dict[str, int]

    def report(self, id_: str) -> Any:
        return json.loads((self.results / "submissions" / id_ / "report.json").read_text())


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    world = tmp_path_factory.mktemp("world")
    for name in ("class", "current", "home", "temporary"):
        (world / name).mkdir()
    for case in CASES:
        case.build(world / "class" / case.name)
    for name, build in honest().items():
        build(world / "class" / name)
    results = tmp_path_factory.mktemp("results")
    arguments = ["grade", world / "class", "--out", results, "--config", ROOT / "tests/tiny.yaml"]
    before = everything(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("AUTOGRADER_HOLDOUT_SEED", "intake")
        patch.setenv("HOME", str(world / "home"))
        patch.setenv("TMPDIR", str(world / "temporary"))
        patch.setattr(tempfile, "tempdir", None)
        patch.chdir(world / "current")
        assert run([*map(str, arguments)]) == 0
    yield Graded(results, before, everything(world))
    (world / "class" / "100-megabytes.ipynb").unlink()


def everything(folder: Path) -> dict[str, int]:
    """Return each path below a folder, with when it was last changed."""
    paths = (path for path in folder.rglob("*") if path.name != "temporary")
    return {str(path): path.lstat().st_mtime_ns for path in paths}


def ids(case: Case) -> str:
    return {"bidi\u202ename": "bidi-name", "CON": "_CON"}.get(case.id, case.id)


def test_there_is_one_of_every_kind() -> None:
    assert len(CASES) >= 35
    assert {case.rule for case in CASES} >= {
        "ambiguous", "archive", "module-name", "no-submission", "not-a-notebook", "syntax",
        "too-large", "unreadable",
    }  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_each_gets_its_verdict_with_a_reason_and_a_hint(graded: Graded, case: Case) -> None:
    report = graded.report(ids(case))
    assert report["verdict"] == "REJECTED"
    assert {finding["rule"] for finding in report["findings"]} == {case.rule}
    for finding in report["findings"]:
        assert 15 < len(finding["message"]) < 500
        assert finding["message"].isprintable()
        assert finding["hint"]


@pytest.mark.parametrize("name", honest())
def test_the_honest_are_graded(graded: Graded, name: str) -> None:
    report = graded.report(Path(name).stem)
    assert report["verdict"] == "GRADED", report["findings"] or report["note"]
    assert report["metrics"]["holdout"]["accuracy"] > 0


def test_everybody_has_a_row_in_the_gradebook(graded: Graded) -> None:
    gradebook = pd.read_csv(graded.results / "gradebook.csv")
    expected = {ids(case) for case in CASES} | {Path(name).stem for name in honest()}
    assert set(gradebook["submission_id"]) == expected
    assert len(gradebook) == len(CASES) + len(honest())


def test_nothing_is_written_outside_of_the_results(graded: Graded) -> None:
    assert graded.after == graded.before
    assert not ESCAPED.exists()


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_copy_of_each_is_what_its_report_is_about(graded: Graded, case: Case) -> None:
    folder = graded.results / "submissions" / ids(case)
    copy = (folder / "submission.zip").read_bytes()
    assert take_in_copy(copy, "again").sha256 == graded.report(ids(case))["submission"]["sha256"]
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert all(name.isprintable() and ".." not in name for name in archive.namelist())
    assert len(copy) < 17 * MIB


def test_a_look_alike_of_a_function_is_pointed_out(graded: Graded) -> None:
    hints = [finding["hint"] for finding in graded.report("functi\u043en")["findings"]]
    assert any("another alphabet" in hint for hint in hints)
