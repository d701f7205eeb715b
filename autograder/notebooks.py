"""A notebook's code cells as one Python module, with each line's way back to its cell.

What Jupyter reads but Python does not is taken out, line by line, so that line numbers hold:

* ``%magic``, ``!shell`` and ``?help`` lines become ``pass``; of ``%time f()``, ``f()`` stays;
* a cell under ``%%time``, ``%%capture`` or ``%%prun`` loses that line, a cell under any other
  ``%%magic`` is no Python and left out;
* a cell whose first line is ``# exploration`` is left out.

Nothing of a notebook is run, and its outputs are never looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from types import UnionType
from typing import Any

from autograder.models import Finding, Location, SourceFile

# Of Python in a submission, whatever the rules allow: a syntax tree takes a thousand times its
# source, and some sources take Python a time that grows with the square of their length.
MAX_SOURCE_BYTES = 128 * 2**10
MAX_CELLS = 2000
# Lists and objects of JSON: each takes some 200 bytes once it is read.
_MAX_PARTS = 1_000_000
# Where a code cell of an old format has its source.
_SOURCE_KEYS = {1: "code", 2: "input", 3: "input"}

_EXPLORATION = re.compile(r"#\s*exploration\b", re.IGNORECASE)
_CELL_MAGIC = re.compile(r"%%(\w*)")
_MAGICS_AROUND_PYTHON = {"time", "capture", "prun"}
_TIMED_STATEMENT = re.compile(r"^(\s*+)%time\s++(?=[^-])")
_NOT_PYTHON = re.compile(
    r"""\s*+(?: [%!?]                        # %magic, !shell, ?help
              | [\w*.]+\?{1,2}\s*$           # help?
              | [\w,.\s\[\]]+=\s*(?:!|%\w)  # files = !ls, here = %pwd
         )""",
    re.VERBOSE,
)
# Exports of notebooks as modules, and what they make of magics.
_CELL_MARK = re.compile(r"[#][ ](?:In\s?\[[\d ]*\]:|%%)")
_MAGIC_CALL = re.compile(
    r"^(\s*+)get_ipython\(\)\.(?:run_line_magic|run_cell_magic|system|magic)\(.*"
)
_EXPORTED = re.compile(
    rf"""^(?:{_CELL_MARK.pattern} | [ \t]*+get_ipython\(\)\.
             | ["]{{3}}.*\n\nAutomatically\ generated\ by\ Colab)""",
    re.MULTILINE | re.VERBOSE,
)
_LEXEME = re.compile(r"""\\.?|'{3}|"{3}|['"#()\[\]{}]""")


def read_notebook(
    data: bytes, name: str, origin: str, room: int = MAX_SOURCE_BYTES
) -> SourceFile | Finding:
    """Join the code cells of a notebook.

    Args:
        data: The ``.ipynb`` file, of any nbformat version.
        name: Module file name to give the source, such as ``submission.py``.
        origin: File name as handed in.
        room: Characters that its code cells may have together.

    Returns:
        The module, or what is wrong with the notebook.
    """
    parts = data.count(b"[") + data.count(b"{")
    if parts > _MAX_PARTS:
        return _too_much("lists and objects", _MAX_PARTS, origin)
    try:
        cells = list(islice(_cells(_parse(data)), MAX_CELLS + 1))
    except _NoNotebookError as error:
        return Finding(
            "not-a-notebook",
            f"This is no Jupyter notebook, or a damaged one: {error}.",
            "Open it in Jupyter, save it and hand it in again.",
            Location(origin),
        )
    if len(cells) > MAX_CELLS:
        return _too_much("cells", MAX_CELLS, origin)
    code = [cell for cell in cells if cell is not None]
    if sum(map(len, code)) > room:
        return too_long(origin)
    return _join(code, name, origin)


def _join(cells: Sequence[str], name: str, origin: str) -> SourceFile:
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for number, cell in enumerate(cells, start=1):
        python = python_lines(cell)
        # The empty line at the end keeps a trailing backslash from reaching into the next cell.
        lines += [*python, ""] if python else []
        places += [(number, line) for line in range(1, len(python) + 1)]
        places += [(number, len(python))] if python else []
    return SourceFile(name, "\n".join(lines), origin, tuple(places))


def _too_much(what: str, most: int, origin: str) -> Finding:
    return Finding(
        "too-large",
        f"There are more than {most} {what} in this notebook.",
        "Clear the notebook's outputs, and hand in only the cells that the task needs.",
        Location(origin),
    )


def too_long(origin: str) -> Finding:
    """Return the problem that there is more Python than anyone would write."""
    return Finding(
        "too-large",
        f"There are more than {MAX_SOURCE_BYTES >> 10} KiB of source code in this submission.",
        "Leave out data, weights and code that is not used.",
        Location(origin),
    )


class _NoNotebookError(ValueError):
    """Says why, to the student."""


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _NoNotebookError("it is not saved as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _NoNotebookError(f"it is no JSON ({error})") from None
    except RecursionError:
        raise _NoNotebookError("it is nested too deep") from None
    except ValueError:  # Python reads no whole number of more than 4300 digits
        raise _NoNotebookError("there is a number of thousands of digits in it") from None


def _cells(notebook: Any) -> Iterator[str | None]:
    """Yield the sources of a parsed notebook's cells, None for what is no code.

    Raises:
        _NoNotebookError: It is no notebook.
    """
    version = _get(notebook, "nbformat", int)
    if not isinstance(notebook.get("nbformat_minor", 0), int):
        raise _NoNotebookError("`nbformat_minor` in it is no number")
    if version < 1:
        raise _NoNotebookError("its `nbformat` is below 1, and there is no such format")
    sheets = _get(notebook, "worksheets", list) if version in {2, 3} else [notebook]
    for sheet in sheets:
        for cell in _get(sheet, "cells", list):
            is_code = _get(cell, "cell_type", str) == "code"
            yield _source(cell, _SOURCE_KEYS.get(version, "source")) if is_code else None


def _source(cell: dict[str, Any], key: str) -> str:
    if key != "source":
        cell.setdefault(key, "")  # old formats leave out what is empty
    source = _get(cell, key, str | list)
    if isinstance(source, list):
        if not all(isinstance(line, str) for line in source):
            raise _NoNotebookError(f"`{key}` of a cell is no text")
        source = "".join(source)
    return re.sub(r"\r\n?", "\n", source)


def _get(holder: Any, key: str, kind: type | UnionType) -> Any:
    value = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _NoNotebookError(f"`{key}` is missing in it, or of the wrong kind")
    return value


def python_lines(cell: str) -> list[str]:
    """Return a cell's lines with what is not Python blanked; none if the cell is left out."""
    lines = cell.split("\n")
    start = _first_line(lines, 0)
    if start is None or _EXPLORATION.match(lines[start].strip()):
        return []
    # Jupyter forgives a cell that was pasted with an indentation; so does this.
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    lines = [line.removeprefix(indent) for line in lines]
    while start is not None and (magic := _CELL_MAGIC.match(lines[start])):
        if magic[1] not in _MAGICS_AROUND_PYTHON:
            return []
        lines[start] = ""
        start = _first_line(lines, start + 1)
    return list(_without_magic_lines(lines))


def _first_line(lines: list[str], start: int) -> int | None:
    return next((index for index in range(start, len(lines)) if lines[index].strip()), None)


def _without_magic_lines(lines: list[str]) -> Iterator[str]:
    statement = _Statement()
    dropping = False
    for line in lines:
        if dropping:
            dropping = line.endswith("\\")
            yield ""
            continue
        if not statement.open:
            line = _TIMED_STATEMENT.sub(r"\1", line)  # noqa: PLW2901
        if not statement.open and _NOT_PYTHON.match(line):
            dropping = line.endswith("\\")
            yield line[: len(line) - len(line.lstrip())] + "pass"
        else:
            statement.read(line)
            yield line


def without_export_marks(text: str) -> str:
    """Return a module that was exported from a notebook as that notebook would have been read.

    Jupyter, Colab and VS Code leave magics in it, as calls or as they are, and its cells under
    ``# In[1]:`` or ``# %%``. Any other module is returned as it is.
    """
    if not _EXPORTED.search(text):
        return text
    lines: list[str] = []
    for cell in _split(text.split("\n")):
        first = _first_line(cell, 1)
        is_exploration = first is not None and _EXPLORATION.match(cell[first].strip())
        lines += [""] * len(cell) if is_exploration else _without_magic_lines(cell)
    return "\n".join(_MAGIC_CALL.sub(r"\1pass", line) for line in lines)


def _split(lines: list[str]) -> Iterator[list[str]]:
    """Yield the cells of an export, each with its mark; first what stands before them."""
    starts = [0, *(i for i, line in enumerate(lines) if i and _CELL_MARK.match(line)), len(lines)]
    for start, end in pairwise(starts):
        yield lines[start:end]


class _Statement:
    """Tells whether the next line goes on with a statement: a ``%`` there is no magic.

    Follows strings, brackets and trailing backslashes in one pass, because the tokenizer of the
    standard library stops at the first magic.
    """

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._backslash = False

    @property
    def open(self) -> bool:
        return bool(self._quote) or self._depth > 0 or self._backslash

    def read(self, line: str) -> None:
        lexeme = ""
        for match in _LEXEME.finditer(line):
            lexeme = match[0]
            if lexeme.startswith("\\"):
                continue
            if self._quote:
                # Of ''' in a string in single quotes, the first ends it, two are an empty one.
                if lexeme in (self._quote, self._quote * 3):
                    self._quote = ""
            elif lexeme == "#":
                break
            elif lexeme[0] in "'\"":
                self._quote = lexeme
            else:
                self._depth = max(0, self._depth + (1 if lexeme in "([{" else -1))
        self._backslash = lexeme == "\\"
        if len(self._quote) == 1 and not self._backslash:
            self._quote = ""
