"""An export's bytes: whatever we do not change has to come back as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.errors import ResultsError
from autograder.gradebooks.csv_file import CsvFile, parse_csv, read_csv

PATH = Path("export.csv")
SCRIPTS = "aZ09 .-'_@#=ßéıŁøЖяαΩعلשא中文字かナ한국தமिநไทยአማ🎓\N{COMBINING ACUTE ACCENT}"
AWKWARD = ',;\t"\r\n'
# Mark and codec; cp1252 cannot hold most scripts, so its cells are made of fewer letters.
ENCODINGS = {
    "utf-8": (b"", "utf-8"),
    "utf-8 with mark": (b"\xef\xbb\xbf", "utf-8"),
    "utf-16 little": (b"\xff\xfe", "utf-16-le"),
    "utf-16 big": (b"\xfe\xff", "utf-16-be"),
    "cp1252": (b"", "cp1252"),
}


def parsed(text: str) -> CsvFile:
    return parse_csv(text.encode(), PATH)


def values(file: CsvFile) -> list[list[str]]:
    return [[cell.value for cell in record.cells] for record in file.records]


def unchanged(file: CsvFile) -> bytes:
    return file.to_bytes(lambda record: True, {})


@st.composite
def raw_cells(draw: st.DrawFn, delimiter: str, letters: str) -> str:
    """Return a cell as some program may write it: bare, or in quotes, needed or not."""
    text = draw(st.text(letters + AWKWARD, max_size=12))
    if draw(st.booleans()) or any(char in text for char in f'{delimiter}"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


@st.composite
def exports(draw: st.DrawFn) -> tuple[bytes, list[list[str]], str]:
    """Return a file's bytes, its raw cells and its delimiter: ragged, mixed endings, all of it."""
    name = draw(st.sampled_from(sorted(ENCODINGS)))
    mark, codec = ENCODINGS[name]
    letters = "aZ09 éß-" if codec == "cp1252" else SCRIPTS
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    row = st.lists(raw_cells(delimiter, letters), min_size=1, max_size=5)
    header = [f"heading {number}" for number in range(draw(st.integers(2, 5)))]
    rows = [header, *draw(st.lists(row, max_size=6))]
    # A lone CR before a blank line that ends in LF would be one ending, not two.
    endings = st.sampled_from(draw(st.sampled_from([["\r\n", "\n"], ["\r"]])))
    text = delimiter.join(header) + draw(endings)
    text += "".join(delimiter.join(cells) + draw(endings) for cells in rows[1:])
    if draw(st.booleans()) and (rows[-1] != [""] and len(rows) > 1):
        text = text.removesuffix("\n").removesuffix("\r")
    return mark + text.encode(codec), rows, delimiter


@given(exports())
def test_what_is_not_changed_comes_back_to_the_byte(
    export: tuple[bytes, list[list[str]], str],
) -> None:
    data, rows, delimiter = export
    file = parse_csv(data, PATH)
    assert unchanged(file) == data
    assert file.delimiter == delimiter
    assert [[cell.raw for cell in record.cells] for record in file.records] == rows


@given(exports(), st.data())
def test_a_change_reaches_its_cell_alone(
    export: tuple[bytes, list[list[str]], str], choose: st.DataObject
) -> None:
    data, _, _ = export
    file = parse_csv(data, PATH)
    assume(len(file.records) > 1)
    record = choose.draw(st.sampled_from(file.records[1:]))  # the header tells the delimiter
    column = choose.draw(st.integers(0, len(record.cells) - 1))
    new = choose.draw(st.sampled_from(["77.50", "77,50", "1;2", "0"]))
    changed = parse_csv(file.to_bytes(lambda record: True, {record.line: {column: new}}), PATH)
    expected = values(file)
    expected[file.records.index(record)][column] = new
    assert values(changed) == expected
    others = [cell.raw for one in file.records if one is not record for cell in one.cells]
    assert [c.raw for r in changed.records if r.line != record.line for c in r.cells] == others


@given(exports())
def test_cells_are_read_as_the_csv_module_reads_them(
    export: tuple[bytes, list[list[str]], str],
) -> None:
    data, _, delimiter = export
    file = parse_csv(data, PATH)
    text = data.removeprefix(file.mark).decode(file.encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    assert values(file) == [row or [""] for row in reader]


@given(st.text(SCRIPTS + AWKWARD, max_size=40))
def test_any_text_is_read_back_or_refused(text: str) -> None:
    data = text.encode()
    try:
        file = parse_csv(data, PATH)
    except ResultsError:
        return
    assert unchanged(file) == data


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_encoding_is_found_and_kept(name: str) -> None:
    mark, codec = ENCODINGS[name]
    data = mark + "Name;Note\r\nZoë;\r\n".encode(codec)
    file = parse_csv(data, PATH)
    assert values(file)[1] == ["Zoë", ""]
    changed = file.to_bytes(lambda record: True, {2: {1: "77.50"}})
    assert changed == mark + "Name;Note\r\nZoë;77.50\r\n".encode(codec)


def test_utf_16_without_a_mark_is_found() -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        assert values(parse_csv("a\té\n".encode(codec), PATH)) == [["a", "é"]]


def test_bytes_of_no_encoding_come_back_too() -> None:
    data = b"a,b\n\x81\x8d,\xff\n"
    assert unchanged(parse_csv(data, PATH)) == data


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        ("", "77.50", "77.50"),
        ('""', "77.50", '"77.50"'),
        ('"1"', "77,50", '"77,50"'),
        ("1", "77,50", '"77,50"'),
    ],
)
def test_a_cell_keeps_its_way_of_quoting(old: str, new: str, written: str) -> None:
    file = parsed(f"a,b\nx,{old}\n")
    assert file.to_bytes(lambda record: True, {2: {1: new}}) == f"a,b\nx,{written}\n".encode()


def test_excels_line_about_the_delimiter_stays() -> None:
    data = b"sep=|\r\na|b\r\n1,2|3\r\n"
    file = parse_csv(data, PATH)
    assert (file.delimiter, values(file)[1], file.records[1].line) == ("|", ["1,2", "3"], 3)
    assert unchanged(file) == data


def test_lines_are_those_of_the_file() -> None:
    file = parsed('a,b\n"x\r\ny\nz",1\n\n"q",2\n')
    assert [record.line for record in file.records] == [1, 2, 5, 6]
    assert [record.blank for record in file.records] == [False, False, True, False]


def test_records_can_be_left_out() -> None:
    file = parsed("a,b\n1,2\n3,4")
    assert file.to_bytes(lambda record: record.line != 2, {}) == b"a,b\n3,4"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"PK\x03\x04rest", "Excel or .zip"),
        (b"\xff\xfea", "utf-16-le"),
        (b'a,b\n1,"2\n3,4\n', r"csv:2: a double quote opens there and is never closed"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, fault: str) -> None:
    with pytest.raises(ResultsError, match=fault):
        parse_csv(data, PATH)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no such file"):
        read_csv(tmp_path / "export.csv")


def rows_of(count: int) -> Sequence[str]:
    return [f'"Student {number}",{number},,"a ""b"" c"' for number in range(count)]


@pytest.mark.timeout(5)
def test_a_large_file_is_read_in_time_proportional_to_it() -> None:
    text = "\n".join(["a,b,c,d", *rows_of(50_000)])
    assert len(parsed(text).records) == 50_001
