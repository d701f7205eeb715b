from __future__ import annotations

import ast
import contextlib
import time
import tracemalloc
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.config import Config
from autograder.models import SourceFile
from autograder.notebooks import MAX_SOURCE_BYTES
from autograder.source_view import Definition, SourceView, find_entry_points, parse

CONFIG = Config.model_validate(
    {
        "version": 1,
        "rubric": [{"id": "a", "title": "A", "points": 1, "rules": ["parameter-limit"]}],
    }
)


def view(text: str) -> SourceView:
    source = SourceFile("submission.py", text, "submission.py")
    return SourceView(source, parse(text), CONFIG, frozenset(), {})


def much(unit: str, most: int = MAX_SOURCE_BYTES) -> str:
    return unit * (most // len(unit.encode()))


# --- what names stand for -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("import numpy as np\nnp.lib.load", "numpy.lib.load"),
        ("from tensorflow import keras as k\nk.layers", "keras.layers"),
        ("import keras\nL = keras.layers\nL.Dense", "keras.layers.Dense"),
        ("load", None),
    ],
)
def test_a_name_is_traced_to_where_it_was_imported(source: str, origin: str | None) -> None:
    seen = view(source)
    statement = seen.tree.body[-1]
    assert isinstance(statement, ast.Expr)
    assert seen.origin(statement.value) == origin


def test_a_chain_of_imports_is_followed_to_the_definition() -> None:
    trees = {
        "submission.py": parse("from a import *\nfrom b import plan as training_plan"),
        "a.py": parse("from submission import *\ndef build_model(): pass"),
        "b.py": parse("plan = 7"),
    }
    found = find_entry_points("submission.py", trees)
    assert {name: definition.file for name, definition in found.items()} == {
        "build_model": "a.py", "training_plan": "b.py",
    }  # fmt: skip


def test_what_is_not_handed_in_cannot_be_followed() -> None:
    trees = {"submission.py": parse("from elsewhere import build_model")}
    found = find_entry_points("submission.py", trees)
    assert found == {"build_model": Definition("elsewhere.py", None)}


# --- sources made to hurt -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "import numpy\nx = 1\nimport a" + ".a" * 201,
        "import numpy\nx = 1\nfrom a" + " . a" * 201 + " import b",
        "import numpy\nx = 1\nfrom a" + "\\\n.a" * 201 + " import b",
        "import numpy\nx = 1\nx = 1; import a" + ".a" * 201,
    ],
)
def test_an_import_of_endless_dots_is_refused_with_its_line(source: str) -> None:
    with pytest.raises(SyntaxError, match="200 dots") as caught:
        parse(source)
    assert caught.value.lineno == 3


def test_dots_elsewhere_are_no_concern() -> None:
    parse("import numpy\nx = [" + "0.5, " * 500 + "]\n")
    parse("x = 1 \\\n + 2\nimport numpy")


@pytest.mark.parametrize(
    "source",
    [
        much("import a.b.c.d\n", MAX_SOURCE_BYTES // 4),
        "import " + much("a."),
        much("a\n", MAX_SOURCE_BYTES // 4),
        much("-") + "1",
        much("a.") + "a",
        "a" + much("()"),
        much("lambda:") + "1",
        "if a:\n a\n" + much("elif a:\n a\n"),
        "x = " + much("9"),
        "x = " + much("f'{'"),
        "f'" + much("{a}", MAX_SOURCE_BYTES // 2) + "'",
        "match x:\n case " + much("["),
        much("@a\n", MAX_SOURCE_BYTES // 4) + "def f(): pass",
        much("\\\n"),
    ],
    ids=lambda source: repr(source[:12]),
)
def test_no_source_takes_python_long(source: str) -> None:
    started_s = time.process_time()
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        assert parse(source).body
    assert time.process_time() - started_s < 8


def test_a_long_name_is_not_copied_for_each_of_its_uses() -> None:
    long = "b" * 20_000
    uses = "a.c\n" * 5_000
    names = ", ".join(f"a{number}" for number in range(2_000))
    for source in (f"import keras as k\na = k.{long}\n{uses}", f"from {long} import {names}"):
        seen = view(source)
        tracemalloc.start()
        assert len(seen.references) < 10
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5 << 20


def test_star_imports_of_many_names_take_linear_time() -> None:
    names = "".join(f"from submission import x{n + 1} as x{n}\n" for n in range(1500))
    trees = {
        "submission.py": parse("from a import *\nfrom x import x0 as build_model\n"),
        "x.py": parse("from a import *\nfrom b import *"),
        "a.py": parse("".join(f"y{n} = 1\n" for n in range(5000)) + "from b import *"),
        "b.py": parse(names),
    }
    started_s = time.process_time()
    assert find_entry_points("submission.py", trees).get("build_model") is None
    assert time.process_time() - started_s < 2


def test_warnings_about_a_source_are_neither_shown_nor_raised_however_many_threads() -> None:
    source = "x = '\\d'\n" * 200
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(parse, [source] * 64))
    assert len(trees) == 64
    assert warnings.filters == before
