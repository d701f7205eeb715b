"""Programs that are compared with others: tokens, shingles and what is alike, of whatever text."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
from hypothesis import strategies as st

from autograder.code_shingles import CodePrint
from autograder.code_tokens import Token, code_tokens
from autograder.models import SourceFile
from autograder.pages.side_by_side import MAX_LINES, listing
from autograder.similarity import Similarity, Work, compare
from tests.conftest import TINY
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import ODD_TEXTS, bend_text, grown
from tests.fuzz.test_sources import CELL_LINES, PYTHON

PIECES = (
    *(token.decode() for token in PYTHON), *CELL_LINES, *ODD_TEXTS, "'''", '"""', "rb'", "f'{",
    "((", "))", "[" * 20_000, "'" * 20_001, '"\\' * 9_000, "import x as y, z as w\n", "from a ",
    "def f(a: int = (1, 2), *, b) -> x:", "a.b.c.d(e=f)", "1e+", ".5.5", "lambda: ", "x = y = 1\n",
    "# " * 9_000, "print(" * 3_000, "a," * 9_000, "def f(" * 2_000, "@x\n" * 3_000,
)  # fmt: skip
PROGRAM = f"{TINY}\nimport keras.layers as l\nfrom keras import Sequential\nx = l.Dense(3)\n{TINY}"


def programs() -> st.SearchStrategy[str]:
    def bend(random: Random, changes: int) -> str:
        # Intake takes no longer ones.
        return bend_text(random, PROGRAM, PIECES, 2 * changes)[: 128 << 10]

    return grown(bend) | st.text()


@fuzz(programs())
def test_tokens(hostile: str) -> tuple[Token, ...]:
    tokens = code_tokens(hostile)

    assert len(tokens) <= len(hostile)
    for before, after in pairwise(tokens):
        assert before.line <= after.line
        assert before.block <= after.block
    if tokens:
        assert tokens[0].line >= 1
        assert tokens[-1].line <= hostile.count("\n") + 1
    # White space and comments around it make no difference to a program.
    around = code_tokens(f"# a comment\n\n{hostile}")
    assert [token.text for token in around] == [token.text for token in tokens]
    return tokens


def work(name: str, *programs: str) -> Work:
    files = tuple(SourceFile(f"m{n}.py", text, f"m{n}.py") for n, text in enumerate(programs))
    return Work(name, name, files)


@fuzz(st.tuples(programs(), programs()), share=0.5)
def test_comparison(hostile: tuple[str, str]) -> Similarity:
    one, other = hostile
    works = (work("ada", one), work("bo", other, one), work("cy", PROGRAM))

    found = compare(works, [SourceFile("given.py", TINY, "given.py")])

    assert found == compare(works, [SourceFile("given.py", TINY, "given.py")])
    lines = {one.id: [file.text.count("\n") + 1 for file in one.files] for one in works}
    for pair in found.pairs:
        assert min(pair.shared_first, pair.shared_second, pair.verbatim) >= 0
        assert max(pair.shared_first, pair.shared_second, pair.verbatim) <= 1
        for passage in pair.passages:
            for id_, part in ((pair.first, passage.first), (pair.second, passage.second)):
                assert 1 <= part.first <= part.last <= lines[id_][part.file]
    by_id = {one.id: one for one in works}
    for pair in found.pairs:
        rows = listing(by_id[pair.first].files, [passage.first for passage in pair.passages])
        assert len(rows) <= MAX_LINES + 1
        assert all(len(row.text) <= 300 for row in rows)
    return found


@fuzz(programs(), share=0.3)
def test_print_of_a_program(hostile: str) -> CodePrint:
    found = CodePrint.of([SourceFile("a.py", hostile, "a.py")])

    assert np.all(np.diff(found.alike.starts) > 0)
    assert not found.without([found]).has_own_code
    return found
