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
import warnings
from collections.abc import Iterator
from typing import Any

from autograder.models import Finding, Location, SourceFile

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
_LEXEME = re.compile(r"""\\.?|'{3}|"{3}|['"#()\[\]{}]""")


def read_notebook(data: bytes, name: str, origin: str) -> SourceFile | Finding:
    """Join the code cells of a notebook.

    Args:
        data: The ``.ipynb`` file, of any nbformat version.
        name: Module file name to give the source, such as ``submission.py``.
        origin: File name as handed in.

    Returns:
        The module, or what is wrong with the notebook.
    """
    try:
        cells = _code_cells(json.loads(data.decode("utf-8-sig")))
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0][:200]
        return Finding(
            "not-a-notebook",
            f"This is no Jupyter notebook, or a damaged one ({type(error).__name__}: {reason}).",
            "Open it in Jupyter, save it and hand it in again.",
            Location(origin),
        )
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for number, cell in enumerate(cells, start=1):
        python = python_lines(cell)
        # The empty line at the end keeps a trailing backslash from reaching into the next cell.
        lines += [*python, ""] if python else []
        places += [(number, line) for line in range(1, len(python) + 1)]
        places += [(number, len(python))] if python else []
    text = "\n".join(lines)
    return SourceFile(name, text, origin, tuple(places))


def _code_cells(notebook: Any) -> tuple[str, ...]:
    """Return the sources of a parsed notebook's code cells.

    Raises:
        ValueError, TypeError, LookupError: It is no notebook.
    """
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise ValueError("no nbformat number in it")
    if notebook["nbformat"] < 4:
        notebook = _upgrade(notebook)
    sources = (cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    joined = ("".join(source) for source in sources)
    return tuple(re.sub(r"\r\n?", "\n", source) for source in joined)


def _upgrade(notebook: dict[str, Any]) -> Any:
    import nbformat.converter
    import nbformat.reader

    try:
        # Oddities of an old file are of no interest as long as its cells can be had.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old = nbformat.reader.reads(json.dumps(notebook))  # type: ignore[no-untyped-call]
            return nbformat.converter.convert(old, 4)  # type: ignore[no-untyped-call]
    except Exception as error:  # it fails in as many ways as old files are odd
        raise ValueError(f"its old format cannot be upgraded: {error}") from error


def python_lines(cell: str) -> list[str]:
    """Return a cell's lines with what is not Python blanked; none if the cell is left out."""
    lines = cell.split("\n")
    start = _first_line(lines)
    if start is None or _EXPLORATION.match(lines[start].strip()):
        return []
    # Jupyter forgives a cell that was pasted with an indentation; so does this.
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    lines = [line.removeprefix(indent) for line in lines]
    while start is not None and (magic := _CELL_MAGIC.match(lines[start])):
        if magic[1] not in _MAGICS_AROUND_PYTHON:
            return []
        lines[start] = ""
        start = _first_line(lines)
    return list(_without_magic_lines(lines))


def _first_line(lines: list[str]) -> int | None:
    return next((index for index, line in enumerate(lines) if line.strip()), None)


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
