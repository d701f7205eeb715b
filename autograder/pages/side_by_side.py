"""A program as lines to show beside another: what is alike is marked, what is far from it left out.

Every line comes out without control characters and is cut to `_LONGEST_LINE`; a template escapes
it. Nothing makes a listing longer than `MAX_LINES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

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
        passage: Number of the passage that the line is part of, the first of several; 0 for none.
        opens: Numbers of the passages that begin here.
    """

    kind: str
    text: str
    number: str = ""
    passage: int = 0
    opens: tuple[int, ...] = ()


def listing(files: Sequence[SourceFile], passages: Sequence[Lines]) -> tuple[Row, ...]:
    """Return a submission's rows.

    Args:
        files: Of the submission.
        passages: Where it is alike; a passage's number is its place in here, counted from 1.
    """
    rows: list[Row] = []
    for index, file in enumerate(files):
        marks = {number: one for number, one in enumerate(passages, 1) if one.file == index}
        if len(files) > 1:
            rows.append(Row("file", _clean(file.origin)))
        rows += islice(_rows(file, marks), MAX_LINES - len(rows) + 1)
        if len(rows) > MAX_LINES:
            return (*rows[:MAX_LINES], Row("gap", "the rest is left out here"))
    return tuple(rows)


def _rows(file: SourceFile, marks: Mapping[int, Lines]) -> Iterator[Row]:
    """Yield the lines around what is alike, all if nothing is."""
    texts = file.text.rstrip().split("\n")
    ends = 0
    for first, last in _stretches(marks.values(), len(texts)):
        if first > ends + 1:
            yield Row("gap", f"{first - ends - 1:,} lines left out")
        for line in range(first, last + 1):
            yield _row(file, line, texts[line - 1], marks)
        ends = last
    if ends < len(texts):
        yield Row("gap", f"{len(texts) - ends:,} lines left out")


def _stretches(marks: Iterable[Lines], count: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last lines of what to show, in order and apart."""
    wanted = sorted((one.first - _CONTEXT, one.last + _CONTEXT) for one in marks)
    if not wanted:
        wanted = [(1, count)]
    first, last = 1, 0
    for begin, end in wanted:
        if begin - last > _SHORT_GAP + 1:
            if last:
                yield first, last
            first = begin
        last = min(count, max(last, end))
    yield first, count if count - last <= _SHORT_GAP else last


def _row(file: SourceFile, line: int, text: str, marks: Mapping[int, Lines]) -> Row:
    within = (number for number, one in marks.items() if one.first <= line <= one.last)
    opens = tuple(number for number, one in marks.items() if one.first == line)
    place = file.locate(line)
    # In a notebook, the cell and the line in it.
    number = f"{place.line}" if place.cell is None else f"{place.cell}:{place.line}"
    return Row("code", _clean(text), number, next(within, 0), opens)


def _clean(text: str) -> str:
    line = visible(text[: 2 * _LONGEST_LINE].expandtabs(4)).replace("\n", " ")
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
