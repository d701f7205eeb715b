"""A program as lines to show beside another: what is alike is marked, what is far from it left out.

Every line comes out without control characters and is cut to `_LONGEST_LINE`; a template escapes
it. Nothing makes a listing longer than `MAX_LINES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from autograder.models import SourceFile
from autograder.reports.markdown import visible
from autograder.similarity import Lines

MAX_LINES = 400
_LONGEST_LINE = 200
# Shown around what is alike; a shorter gap than the second is not worth leaving out.
_CONTEXT, _SHORT_GAP = 3, 4


@dataclass(frozen=True)
class Row:
    """A row of a listing.

    Attributes:
        kind: ``code``, or what stands between lines of it: ``file`` or ``gap``.
        text: Of the line; for the others, what to say.
        number: Of the line, in the student's own counting.
        passages: Numbers of the passages that the line is part of.
        opens: Those of them that begin here.
    """

    kind: str
    text: str
    number: str = ""
    passages: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()


def listing(files: Sequence[SourceFile], passages: Sequence[Lines]) -> tuple[Row, ...]:
    """Return a submission's rows.

    Args:
        files: Of the submission.
        passages: Where it is alike; a passage's number is its place in here, counted from 1.
    """
    rows: list[Row] = []
    left = MAX_LINES
    for index, file in enumerate(files):
        marks = {number: one for number, one in enumerate(passages, 1) if one.file == index}
        if len(files) > 1:
            rows.append(Row("file", _clean(file.origin)))
        shown = _without_gaps(list(_rows(file, marks)))
        kept = shown[:left]
        rows += kept
        left -= len(kept)
        if len(kept) < len(shown):
            rows.append(Row("gap", "the rest is left out here"))
            break
    return tuple(rows)


def _rows(file: SourceFile, marks: Mapping[int, Lines]) -> Iterator[Row]:
    by_line: dict[int, list[int]] = {}
    for number, lines in marks.items():
        for line in range(lines.first, lines.last + 1):
            by_line.setdefault(line, []).append(number)
    for line, text in enumerate(file.text.rstrip().split("\n"), 1):
        numbers = by_line.get(line, [])
        opens = tuple(number for number in numbers if marks[number].first == line)
        yield Row("code", _clean(text), _place(file, line), tuple(numbers), opens)


def _place(file: SourceFile, line: int) -> str:
    """Return a line's number; in a notebook, of the cell and of the line in it."""
    place = file.locate(line)
    return f"{place.line}" if place.cell is None else f"{place.cell}:{place.line}"


def _without_gaps(rows: Sequence[Row]) -> list[Row]:
    marked = [place for place, row in enumerate(rows) if row.passages]
    near = {at for place in marked for at in range(place - _CONTEXT, place + _CONTEXT + 1)}
    kept: list[Row] = []
    for shown, places in groupby(range(len(rows)), lambda place: not marked or place in near):
        part = [rows[place] for place in places]
        leave_out = not shown and len(part) > _SHORT_GAP
        kept += [Row("gap", f"{len(part):,} lines left out")] if leave_out else part
    return kept


def _clean(text: str) -> str:
    line = visible(text[: 2 * _LONGEST_LINE].expandtabs(4)).replace("\n", " ")
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
