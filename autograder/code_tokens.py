r"""What a program does, in tokens that stay the same when a copy is disguised.

Left out are comments, docstrings, white space, import statements and the signatures of functions;
a name of the author's own becomes ``V``, a number ``N``, a text ``S``. What comes from a library
keeps its name, however it was imported: ``keras.layers.Conv2D`` and ``Conv2D`` are one token.
Parentheses that only group are left out too, and statements that pad: constants, ``print``.

One regular expression reads the source from left to right, because copies of what does not parse
are copies too. It reads anything, in time proportional to its length, and never goes deeper.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

_LEXEME = re.compile(
    r"""
      (?P<comment>\#[^\n]*+)
    | (?P<text>(?i:br|rb|fr|rf|[rbuf])?+(?:
          '{3}(?:[^\\']++|\\.|'(?!''))*+(?:'{3})?+ | "{3}(?:[^\\"]++|\\.|"(?!""))*+(?:"{3})?+
        | '(?:[^\\'\n]++|\\.)*+'?+ | "(?:[^\\"\n]++|\\.)*+"?+ ))
    | (?P<number>\.?\d(?:[eE][+-]|[\w.])*+)
    | (?P<name>[^\W\d]\w*+)
    | (?P<newline>\n)
    | (?P<skip>[^\S\n]++|\\\n)
    | (?P<sign>->|:=|==|!=|<=|>=|\*\*|//|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
# What a language or everybody's habit gave; a copy keeps it, and so does everyone else.
_KNOWN = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_SELF = "self"
_FUNCTION = frozenset({"def", "async"})
_DEFINING = _FUNCTION | {"class", "@"}
_IMPORT = frozenset({"import", "from"})
_VALUES = {"number": "N", "text": "S"}
_PADDING = frozenset({"V", "N", "S", "=", ",", "pass", "None"})


class Token(NamedTuple):
    """A token and where it stands.

    Attributes:
        text: The same for all that is not told apart.
        exact: As ``text``, but of numbers and texts what stands there, less the quotes.
        line: Counted from 1.
        block: Number of the function, class or statement at the left margin that it is part of;
            those may be put in any order.
    """

    text: str
    exact: str
    line: int
    block: int


class _Lexeme(NamedTuple):
    kind: str
    text: str
    line: int
    indented: bool


_END = _Lexeme("newline", "\n", 0, indented=True)


def code_tokens(source: str) -> tuple[Token, ...]:
    """Return the tokens of a Python source; of one that is none, what can be made of it."""
    statements = list(_statements(source))
    own = _Names.of(statements)
    blocks = accumulate(_opens_block(statement[0]) for statement in statements)
    found = (list(_tokens(*one, own)) for one in zip(statements, blocks, strict=True))
    return tuple(token for tokens in found if not _pads(tokens) for token in tokens)


def _opens_block(first: _Lexeme) -> bool:
    return not first.indented or first.text in _DEFINING


def _pads(tokens: list[Token]) -> bool:
    return {token.text for token in tokens} <= _PADDING or tokens[0].text == "print"


def _lexemes(source: str) -> Iterator[_Lexeme]:
    line = 1
    for match in _LEXEME.finditer(source):
        kind, text = str(match.lastgroup), match[0]
        if kind not in {"comment", "skip"}:
            own = unicodedata.normalize("NFKC", text) if kind == "name" else text
            indented = match.start() > 0 and source[match.start() - 1] != "\n"
            yield _Lexeme(kind, own, line, indented)
        line += text.count("\n")


def _statements(source: str) -> Iterator[list[_Lexeme]]:
    """Yield logical lines; texts that stand alone, such as docstrings, are none."""
    statement: list[_Lexeme] = []
    depth = 0
    for lexeme in _lexemes(source):
        if lexeme.kind == "newline":
            if not depth and statement:
                yield statement
                statement = []
            continue
        if lexeme.text in _OPENING:
            depth += 1
        elif lexeme.text in _CLOSING:
            depth = max(0, depth - 1)
        if statement or lexeme.kind != "text":
            statement.append(lexeme)
    if statement:
        yield statement


@dataclass(frozen=True)
class _Names:
    """What the names in a source stand for.

    Attributes:
        imported: By the name that it has here, what it is called where it comes from.
        parameters: Of the author's functions.
    """

    imported: dict[str, str]
    parameters: frozenset[str]

    @classmethod
    def of(cls, statements: Iterable[list[_Lexeme]]) -> _Names:
        imported: dict[str, str] = {}
        parameters: set[str] = set()
        for statement in statements:
            first = statement[0].text
            if first in _IMPORT:
                imported |= _imported(statement)
            elif first in _FUNCTION:
                parameters |= {
                    one.text for one in statement[: _end_of_signature(statement)] if _is_name(one)
                }
        return cls(imported, frozenset(parameters))


def _is_name(lexeme: _Lexeme) -> bool:
    return lexeme.kind == "name" and lexeme.text not in _KNOWN


def _imported(statement: list[_Lexeme]) -> dict[str, str]:
    """Return the names that an import statement gives, each with the thing's last own name."""
    names = [lexeme.text for lexeme in statement if lexeme.kind == "name"]
    if "import" not in names:
        return {}
    taken = names[names.index("import") + 1 :]
    found = {name: name for name in taken if name != "as"}
    for index, name in enumerate(taken[1:-1], start=1):
        if name == "as":
            found[taken[index + 1]] = taken[index - 1]
    return found


def _end_of_signature(statement: list[_Lexeme]) -> int:
    """Return the place of what follows ``def name(...) -> ...:``."""
    depth = 0
    for place, lexeme in enumerate(statement):
        if lexeme.text in _OPENING:
            depth += 1
        elif lexeme.text in _CLOSING:
            depth -= 1
        elif lexeme.text == ":" and depth <= 0:
            return place + 1
    return len(statement)


def _tokens(statement: list[_Lexeme], block: int, names: _Names) -> Iterator[Token]:
    first = statement[0]
    if first.text in _IMPORT:
        return
    if first.text in _FUNCTION:
        yield Token("def", "def", first.line, block)
        statement = statement[_end_of_signature(statement) :]
    before, chain = _END, ""
    calls: list[bool] = []
    for lexeme, after in pairwise([*statement, _END]):
        text, attribute = lexeme.text, before.text == "."
        called = before.kind == "name" and before.text not in keyword.kwlist
        called = called or before.text in _CLOSING or text != "("
        before = lexeme
        if lexeme.kind == "name" and not attribute:
            chain = text
        if chain in names.imported and "." in {text, after.text}:
            continue  # all but the last of keras.layers.Conv2D
        if text == "," and after.text in _CLOSING:
            continue
        if text in _OPENING:
            calls.append(called)
        if (text in _OPENING and not called) or (text in _CLOSING and calls and not calls.pop()):
            continue  # parentheses that only group
        argument = bool(calls) and after.text == "=" and text not in names.parameters
        kept = argument or (attribute and chain != _SELF)
        shown = text if kept else _shown(lexeme, names)
        exact = _value(text) if lexeme.kind in _VALUES else shown
        yield Token(shown, exact, lexeme.line, block)


def _shown(lexeme: _Lexeme, names: _Names) -> str:
    """Return what stands for a lexeme that is neither an attribute nor an argument."""
    if lexeme.kind in _VALUES:
        return _VALUES[lexeme.kind]
    if not _is_name(lexeme):
        return lexeme.text
    return names.imported.get(lexeme.text, "V")


def _value(text: str) -> str:
    """Return a number or text as it stands, whatever the quotes around it."""
    return text.lstrip("rRbBuUfF").strip("'\"")
