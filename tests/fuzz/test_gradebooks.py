"""What an instructor exported, edited in a spreadsheet; and files of predictions, from students."""

from __future__ import annotations

from pathlib import Path

from autograder.errors import ResultsError
from autograder.gradebooks.csv_file import parse_csv
from autograder.gradebooks.formats import FORMATS
from autograder.gradebooks.matching import graded_by, match
from autograder.gradebooks.sheet import understand
from autograder.gradebooks.update import changes_of, write_back
from autograder.models import Verdict
from autograder.predictions_only import Scale, TeamResult, grade_file
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_files
from tests.fuzz.test_roster import dump
from tests.gradebook_samples import CLASS

CANVAS = [
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Signs (412)", "Final Score"],
    ["    Points Possible", "", "", "", "", "100.00", "(read only)"],
    ["Lovelace, Ada", "9001", "s001", "ada@example.edu", "A", "", "91.2"],
    ["Li, Bo", "9002", "s002", "bo@example.edu", "A, B", "75.00", ""],
    ['Çelik "C", Jr.', "9003", "s003", "celik@example.edu", "", "99.00", ""],
]
PREDICTIONS = [["predictions"], ["1"], ["2"], ["3"], ["42"]]
TOKENS = (b'"\n', b"\r", b"sep=;\n", b"\t", b'="1"', b"(412)", b"s001")


@fuzz(bent_files(CANVAS, dump, TOKENS), raises=(ResultsError,))
def test_export(hostile: bytes) -> bytes:
    file = parse_csv(hostile, Path("export.csv"))
    assert file.to_bytes(lambda record: True, {}) == hostile

    sheet = understand(file, FORMATS["canvas"], column="412", assignment="")
    matching = match(sheet, [one for report in CLASS for one in graded_by(report)], by_name=True)
    changes = changes_of(sheet, matching, overwrite=False, scale=True)
    new = write_back(sheet, changes, keep_all=True)

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
