"""Python files and notebooks, as handed in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from autograder.checks import check_sources
from autograder.config import Config
from autograder.models import Finding, SourceFile
from autograder.notebooks import python_lines
from autograder.reading import as_source
from tests import fakes
from tests.conftest import TINY
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_bytes, bent_json, grown
from tests.fuzz.shown import assert_printable

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3"}},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Signs\n", "text"]},
        {"cell_type": "code", "metadata": {}, "source": "# exploration\n!pip list", "outputs": []},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x\n"]}],
            "source": ["%%time\n", "import keras\n", "%matplotlib inline\n", "x = [1,\n", "2]"],
        },
        {"cell_type": "code", "source": TINY},
    ],
}
OLD_NOTEBOOK = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": ""},
    "worksheets": [
        {"cells": [{"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python"}]}
    ],
}
WORDS = ("code", "markdown", "raw", 2, 3, 4, 5, ["x\n"], "!ls \\\n", "%%bash\nx", "\tx = '''\n%y")


def assert_source(source: SourceFile) -> None:
    """Assert what the stages after intake count on."""
    source.text.encode()
    assert "\0" not in source.text
    assert "\r" not in source.text
    lines = source.text.split("\n") if source.text else []
    for number in range(1, len(lines) + 1):
        place = source.locate(number)
        assert place.line is not None
        assert place.line >= 1
    if source.cell_lines:
        assert len(source.cell_lines) == len(lines)


@fuzz(st.sampled_from([NOTEBOOK, NOTEBOOK, OLD_NOTEBOOK]).flatmap(lambda n: bent_json(n, WORDS)))
def test_notebook(hostile: bytes) -> SourceFile | Finding:
    answer = as_source(hostile, "submission.py", "my.ipynb")

    if isinstance(answer, SourceFile):
        assert_source(answer)
    else:
        assert_printable(answer)
    return answer


PYTHON = tuple(
    token.encode()
    for token in (
        "# -*- coding: utf-16 -*-\n", "# coding: rot13\n", "# coding: nonsense\n", "\ufeff",
        "import os\n", "import " + "a." * 500 + "a\n", "from . import *\n",
        "from submission import *\n", "from os import *\n", "__import__('os')", "lambda: (yield)",
        "yield x", "await x",
        "async ",
        "def build_model(*a, b):\n    pass\n", "build_model = training_plan = build_augmentation\n",
        "@x\n", "match x:\n    case [*_]: pass\n", "f'{x!r:{y}}'", "'''", "\\\n", "\\N{DIGIT ONE}",
        "\\ud800", "b'\\xff'", "0x" + "f" * 6000, "1" * 6000, "x" * 5000, "(" * 150,
        "-" * 3000 + "1", "[" + "1, " * 3000 + "]", ".a" * 3000, "+ 1" * 3000, "if x:\n" * 90,
        "del ", "global x\n", "nonlocal x\n", "return\n", "type X = int\n", "x: int = 3\n",
        "with x: pass\n", "\uff1b",
        "\uff46", "try: pass\nexcept* E: pass\n", "class build_model: pass\n", "\x0c", "\v",
        "open(__file__)", "keras.utils.get_file", "tf.io.read_file", "keras.models.load_model('x')",
        "%time x\n", "!ls\n",
    )
)  # fmt: skip


@fuzz(bent_bytes(TINY.encode(), PYTHON))
def test_python_file(hostile: bytes) -> SourceFile | Finding:
    answer = as_source(hostile, "submission.py", "my file.py")

    if isinstance(answer, SourceFile):
        assert_source(answer)
    else:
        assert_printable(answer)
    return answer


CELL_LINES = (
    "%%time", "%%bash", "%%", "%time x = f()", "%time -n3 f()", "  %time", "!ls", "!ls \\", "?x",
    "x?", "x = !ls", "a, b = %pwd", "x = y %z", "x = [", "]", "'''", '"""', "'", '"', "\\", "x \\",
    "#", "", "  ", "\t", "# exploration", "#exploration", "    x = 1", "def f():", "f'{", "}",
    "(", ")",
    "%", "!", "x = 'a\\", "r'\\'", "x = 1 # '''", "\f%ls", "\u2028", "\x0b", "\uff58?", "%%capture",
    "pass",
)  # fmt: skip


def cells() -> st.SearchStrategy[str]:
    def cell(random: Random, changes: int) -> str:
        return "\n".join(random.choices(CELL_LINES, k=random.randint(1, 4 * changes)))

    return st.one_of(grown(cell), st.text())


@fuzz(cells())
def test_cell(hostile: str) -> list[str]:
    lines = python_lines(hostile)

    assert not lines or len(lines) == hostile.count("\n") + 1
    assert not any("\n" in line for line in lines)
    return lines


CONFIG = Config.model_validate(
    {"version": 1, "rubric": [{"id": "a", "title": "A", "points": 1, "rules": ["signature"]}]}
)


@fuzz(st.tuples(bent_bytes(TINY.encode(), PYTHON), bent_bytes(b"import keras\n", PYTHON)))
def test_static_rules(hostile: tuple[bytes, bytes]) -> tuple[Finding, ...]:
    read = [
        as_source(data, name, name)
        for data, name in zip(hostile, ("submission.py", "helper.py"), strict=True)
    ]
    files = tuple(source for source in read if isinstance(source, SourceFile))
    handed_in = replace(fakes.submission(), files=files, path=Path("ada"))

    findings = check_sources(handed_in, CONFIG)

    assert len(findings) < 300
    for finding in findings:
        assert_printable(finding)
        if finding.location is not None:
            assert finding.location.file in {file.origin for file in files}
    return findings
