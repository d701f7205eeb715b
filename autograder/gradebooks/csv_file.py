"""A CSV file of somebody else's, of which single cells change and every other byte stays.

Keeps the encoding (UTF-8, UTF-16, with or without a byte order mark, else a single-byte one), the
delimiter, each cell's own quoting, each line's own ending, and a ``sep=;`` line that Excel wants.
The csv module reads cells the same way, but cannot say how they were written.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import ResultsError

_DELIMITERS = (",", ";", "\t")
# What follows a closing quote belongs to the cell, as for the csv module.
_CELL = r'"(?P<inside>(?:[^"]|"")*+)"(?P<after>[^{0}\r\n]*+)|(?!")[^{0}\r\n]*+'
# Longer marks first: that of UTF-32 begins as that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Cell:
    """A cell as it stands in the file, and what it says.

    Attributes:
        raw: With its quotes, if it has any.
        value: Without them.
    """

    raw: str
    value: str

    @property
    def quoted(self) -> bool:
        """Whether it stands in quotes."""
        return self.raw.startswith('"')


@dataclass(frozen=True)
class Record:
    """A line of the table; a quoted cell may make it several lines of the file.

    Attributes:
        line: In the file, from 1.
        cells: From left to right; a blank line has a single, empty one.
        ending: Of the line; empty for the last one, if the file ends without.
    """

    line: int
    cells: tuple[Cell, ...]
    ending: str

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.value.strip() for cell in self.cells)


@dataclass(frozen=True)
class CsvFile:
    """A whole file.

    Attributes:
        path: To name it in errors.
        mark: Byte order mark; empty if there is none.
        encoding: Of all the rest.
        preamble: The ``sep=`` line; empty if there is none.
        delimiter: Between cells.
        records: The header first.
    """

    path: Path
    mark: bytes
    encoding: str
    preamble: str
    delimiter: str
    records: tuple[Record, ...]

    def to_bytes(
        self, keep: Callable[[Record], bool], changes: Mapping[int, Mapping[int, str]]
    ) -> bytes:
        """Return the file with some cells changed; every other byte is the original's.

        Args:
            keep: Whether a record stays.
            changes: New values, by record (see `Record.line`) and by column, from 0.
        """
        text = "".join(
            self._written(record, changes.get(record.line, {}))
            for record in self.records
            if keep(record)
        )
        return self.mark + (self.preamble + text).encode(self.encoding)

    def _written(self, record: Record, changes: Mapping[int, str]) -> str:
        cells = [cell.raw for cell in record.cells]
        for column, value in changes.items():
            cells[column] = self._cell(value, quoted=record.cells[column].quoted)
        return self.delimiter.join(cells) + record.ending

    def _cell(self, value: str, *, quoted: bool) -> str:
        if quoted or any(char in value for char in (self.delimiter, '"', "\r", "\n")):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_csv(path: Path) -> CsvFile:
    """Read a CSV file so that it can be written back.

    Raises:
        ResultsError: It is missing, empty, or no such table; says in which line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; it should be the LMS's own export") from None
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror or error}") from error
    return parse_csv(data, path)


def parse_csv(data: bytes, path: Path) -> CsvFile:
    """Read the bytes of a CSV file; raises as `read_csv`."""
    if data.startswith(b"PK\x03\x04"):
        raise ResultsError(f"{path}: an Excel or .zip file, not CSV; export it as CSV")
    mark, encoding = _encoding(data)
    try:
        text = data.removeprefix(mark).decode(encoding)
    except UnicodeDecodeError as error:
        raise ResultsError(f"{path}: damaged: it says it is {encoding} ({error})") from None
    preamble, delimiter, text = _preamble(text)
    delimiter = delimiter or _delimiter(text)
    first_line = 2 if preamble else 1
    if not text.strip("\r\n"):
        raise ResultsError(f"{path}: empty; export it again")
    try:
        records = tuple(_records(text, delimiter, first_line))
    except _OpenQuoteError as error:
        raise ResultsError(
            f"{path}:{error.line}: a double quote opens there and is never closed; export it again"
        ) from None
    return CsvFile(path, mark, encoding, preamble, delimiter, records)


def _encoding(data: bytes) -> tuple[bytes, str]:
    """Return the byte order mark, and an encoding that gives back every byte."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    if b"\0" in data[:2]:
        return b"", "utf-16-be" if data[0] == 0 else "utf-16-le"
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return b"", encoding
    return b"", "latin-1"


def _preamble(text: str) -> tuple[str, str, str]:
    """Split off Excel's line that names the delimiter: the line, the delimiter, the rest."""
    line = text.splitlines(keepends=True)[0] if text.startswith("sep=") else ""
    named = line.rstrip("\r\n").removeprefix("sep=")
    return (line, named, text.removeprefix(line)) if len(named) == 1 else ("", "", text)


def _delimiter(text: str) -> str:
    """Return what splits the first line into the most cells; a comma if nothing does."""

    def cells(delimiter: str) -> int:
        try:
            return len(next(_records(text, delimiter, 1)).cells)
        except _OpenQuoteError:
            return 0

    return max(_DELIMITERS, key=cells)


class _OpenQuoteError(Exception):
    """A quote is never closed; in which line it opens."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _records(text: str, delimiter: str, line: int) -> Iterator[Record]:
    pattern = re.compile(_CELL.format(re.escape(delimiter)))
    at, cells, started = 0, list[Cell](), line
    while True:
        found = pattern.match(text, at)
        if found is None:
            raise _OpenQuoteError(line)
        cells.append(_cell(found))
        line += _line_breaks(found[0])
        at = found.end()
        if text.startswith(delimiter, at):
            at += 1
            continue
        ending = "\r\n" if text.startswith("\r\n", at) else text[at : at + 1]
        yield Record(started, tuple(cells), ending)
        at += len(ending)
        if at == len(text):
            return
        cells, started, line = [], line + 1, line + 1


def _cell(found: re.Match[str]) -> Cell:
    inside, after = found["inside"], found["after"]
    return Cell(found[0], found[0] if inside is None else inside.replace('""', '"') + after)


def _line_breaks(raw: str) -> int:
    return raw.count("\n") + raw.count("\r") - raw.count("\r\n")
