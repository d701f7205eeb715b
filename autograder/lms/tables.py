"""Tables as spreadsheets and systems write them, whatever the encoding and the delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import IntakeError

_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Row:
    """A row that is not empty.

    Attributes:
        line: Of the file, counted from 1; its last, where a cell has several.
        cells: Stripped, by heading; of two headings that are the same, the first counts.
    """

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table with headings.

    Attributes:
        path: Where it was read.
        headings: In order, stripped.
        rows: Those that are not empty.
    """

    path: Path
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def load_table(path: Path) -> Table:
    """Read a table: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs.

    Raises:
        IntakeError: It is missing or no such table; names the file and the line.
    """
    text = decoded(path, _bytes(path))
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        # Spreadsheets read this line and drop it; what follows counts from line 1 there.
        text = text[separator.end() :]
    delimiter = separator[1] if separator else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = tuple(cell.strip() for cell in next(reader, []))
        rows = tuple(_rows(reader, headings, delimiter, path))
    except csv.Error as error:
        raise IntakeError(f"{path}:{reader.line_num}: not a CSV table: {error}") from error
    return Table(path, headings, rows)


def decoded(path: Path, data: bytes) -> str:
    """Return a table's text.

    Raises:
        IntakeError: It is in no encoding that spreadsheets write.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data[:1000]:
        little = data[1:1000:2].count(0) > data[0:1000:2].count(0)
        encodings = ["utf-16-le" if little else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as failed:
            error = failed
    raise IntakeError(f"{path}: not UTF-8; save it as “CSV UTF-8” ({error})")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise IntakeError(f"{path}: no such file; it should be the roster, a CSV file") from None
    except OSError as error:
        raise IntakeError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > _MOST_BYTES:
        raise IntakeError(f"{path}: larger than {_MOST_BYTES >> 20} MiB; it should be a class list")
    if data.startswith(b"PK"):
        raise IntakeError(f"{path}: an Excel workbook; save it as “CSV UTF-8”")
    return data


def _delimiter(text: str) -> str:
    """Return the one that stands most often between the headings."""
    line = _QUOTED.sub("", re.split(r"[\r\n]", text, maxsplit=1)[0])
    return max(",;\t", key=line.count)


def _rows(
    reader: Iterator[list[str]], headings: tuple[str, ...], delimiter: str, path: Path
) -> Iterator[Row]:
    for cells in reader:
        line = reader.line_num  # type: ignore[attr-defined]
        values = [cell.strip() for cell in cells]
        if any(values[len(headings) :]):
            raise IntakeError(
                f"{path}:{line}: {len(cells)} cells under {len(headings)} headings; "
                f"put double quotes around a cell that holds a {delimiter!r}"
            )
        if any(values):
            named: dict[str, str] = {}
            missing = [""] * (len(headings) - len(values))
            for heading, value in zip(headings, values + missing, strict=False):
                if heading:
                    named.setdefault(heading, value)
            yield Row(line, named)
