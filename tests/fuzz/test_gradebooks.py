"""What an instructor exported, edited in a spreadsheet; and files of predictions, from students."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from hypothesis import strategies as st

from autograder.errors import DatasetError, ResultsError
from autograder.gradebooks.csv_file import parse_csv
from autograder.gradebooks.formats import FORMATS
from autograder.gradebooks.matching import graded_by, match
from autograder.gradebooks.sheet import understand
from autograder.gradebooks.update import changes_of, write_back
from autograder.models import Verdict
from autograder.predictions_only import Scale, TeamResult, grade_file, load_answers
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_bytes, bent_files
from tests.fuzz.test_roster import dump
from tests.gradebook_samples import CLASS, EXPORTS

PREDICTIONS = [["predictions"], ["1"], ["2"], ["3"], ["42"]]
TOKENS = (
    b'"\n', b"\r", b"sep=;\n", b"\t", b'="1"', b"(412)", b"s001", b"[Total Pts: 0 Score] |1",
    b"[Total Pts: 9e9 Percentage] |1", b" Points Grade <MaxPoints:", b"Participant 7", b"100,00",
)  # fmt: skip
WORDS = ("9" * 400, "-1", "0", "1,5", "EX", "-", "#s001", "s002", "٣", "100.00", "1" * 5000)


def exports() -> st.SearchStrategy[tuple[str, bytes]]:
    """Exports of each system: as they come, with bytes changed, or as a table that was edited."""

    def of(name: str) -> st.SearchStrategy[bytes]:
        whole = EXPORTS[name][0].encode()
        delimiter = max(",;\t", key=EXPORTS[name][0].partition("\n")[0].count)
        rows = list(csv.reader(io.StringIO(EXPORTS[name][0], newline=""), delimiter=delimiter))
        return bent_bytes(whole, TOKENS) | bent_files(rows, dump, TOKENS, WORDS)

    names = st.sampled_from(sorted(EXPORTS))
    return names.flatmap(lambda name: st.tuples(st.just(name), of(name)))


@fuzz(exports(), raises=(ResultsError,))
def test_export(hostile: tuple[str, bytes]) -> bytes:
    name, data = hostile
    file = parse_csv(data, Path("export.csv"))
    assert file.to_bytes(lambda record: True, {}) == data

    sheet = understand(file, FORMATS[name], column=EXPORTS[name][2], assignment="Road signs 1")
    matching = match(sheet, [one for report in CLASS for one in graded_by(report)], by_name=True)
    changes = changes_of(sheet, matching, overwrite=False, scale=True)
    new = write_back(sheet, changes, keep_all=True)

    for change in changes:
        assert re.fullmatch(r"(-?\d+[.,]\d\d)?", change.new), change.new
    after = parse_csv(new, Path("new.csv"))
    if after.delimiter == file.delimiter:
        assert len(after.records) == len(file.records)
        for before, now in zip(file.records, after.records, strict=True):
            changed = [a.raw != b.raw for a, b in zip(before.cells, now.cells, strict=True)]
            assert not any(changed[: sheet.column.index] + changed[sheet.column.index + 1 :])
    return new


@fuzz(bent_files(PREDICTIONS, dump, (b"\n\n", b"1.0", b"1e0", b",0", b"nan", b'"')))
def test_predictions(hostile: bytes, folder: Path) -> TeamResult:
    file = folder / "team-predictions.csv"
    file.write_bytes(hostile)

    result = grade_file(file, (1, 2, 3, 42), 43, Scale())

    assert (result.macro_f1 is not None) == (result.verdict is Verdict.GRADED)
    assert 0 <= result.grade <= 100
    assert result.findings or result.verdict is Verdict.GRADED
    return result


ANSWERS = [["Filename", "ClassId"], ["a.ppm", "1"], ["b.ppm", "42"], ["c.ppm", "14"]]


@fuzz(bent_files(ANSWERS, dump, (b"\n\n", b"1.0", b"43", b'"')), raises=(DatasetError,))
def test_answers(hostile: bytes, folder: Path) -> tuple[int, ...]:
    file = folder / "answers.csv"
    file.write_bytes(hostile)

    answers = load_answers(file, 43)

    assert answers
    assert all(0 <= class_id < 43 for class_id in answers)
    return answers
