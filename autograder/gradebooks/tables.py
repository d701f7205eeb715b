"""The whole class as one tidy table: a line for each submission, a column for each criterion."""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import ResultsError
from autograder.gradebook import formula_safe
from autograder.models import Verdict
from autograder.reports.files import write_whole
from autograder.reports.report import Report

if TYPE_CHECKING:
    import pandas as pd

_NEEDED = {".parquet": ("pyarrow", "parquet"), ".xlsx": ("openpyxl", "excel")}
SUFFIXES = (".csv", *_NEEDED)
_TEXTS = ["submission_id", "student_id", "name", "verdict", "flags"]
_NUMBERS = [
    "score", "max_score", "late_penalty", "grade", "macro_f1", "accuracy", "score_se",
]  # fmt: skip
# What the format of Excel files cannot hold.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_table(reports: Sequence[Report], path: Path) -> int:
    """Write a table, sorted by id, as the suffix of the file says; return its number of lines.

    Submissions that we failed to grade (INTERNAL_ERROR) have no line. A criterion's column is
    ``points_<id>``; it is empty where the verdict is not GRADED. Lines of text that a spreadsheet
    would take for a formula get an apostrophe, as in gradebook.csv; not so in Parquet.

    Raises:
        ResultsError: The suffix is unknown, the library for it is not installed, or the file
            cannot be written.
    """
    suffix = path.suffix.lower()
    _refuse_unwritable(path, suffix)
    table = _table(reports)
    if suffix == ".parquet":
        data = io.BytesIO()
        table.to_parquet(data, index=False)
        write_whole(path, data.getvalue())
        return len(table)
    table.columns = [_for_spreadsheets(name) for name in table.columns]
    for name in _TEXTS:
        table[name] = [_for_spreadsheets(text) for text in table[name]]
    if suffix == ".xlsx":
        data = io.BytesIO()
        table.to_excel(data, sheet_name="grades", index=False, freeze_panes=(1, 0))
        write_whole(path, data.getvalue())
    else:
        write_whole(path, table.to_csv(index=False, lineterminator="\n").encode())
    return len(table)


def _for_spreadsheets(text: str) -> str:
    return formula_safe(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))


def _refuse_unwritable(path: Path, suffix: str) -> None:
    if suffix not in SUFFIXES:
        raise ResultsError(f"{path}: write to a file that ends in {' or '.join(SUFFIXES)}")
    library, extra = _NEEDED.get(suffix, ("", ""))
    if library and importlib.util.find_spec(library) is None:
        raise ResultsError(
            f"{path}: {library} is needed for {suffix} and is not installed; "
            f"`pip install 'autograder[{extra}]'`, or write .csv"
        )


def _table(reports: Sequence[Report]) -> pd.DataFrame:
    import pandas as pd

    graded = [report for report in reports if report.verdict is not Verdict.INTERNAL_ERROR]
    graded.sort(key=lambda report: report.submission.id)
    texts = pd.DataFrame([_texts(report) for report in graded], columns=_TEXTS, dtype=str)
    criteria = {f"points_{one.id}": None for report in graded for one in report.criteria}
    numbers = pd.DataFrame(
        [_numbers(report) for report in graded], columns=[*_NUMBERS, *criteria], dtype=float
    )
    return pd.concat([texts, numbers], axis="columns")


def _texts(report: Report) -> dict[str, str]:
    submission = report.submission
    return {
        "submission_id": submission.id,
        "student_id": submission.student_id,
        "name": submission.name,
        "verdict": report.verdict.value,
        "flags": ";".join(report.flags),
    }


def _numbers(report: Report) -> dict[str, float | None]:
    holdout = report.metrics.holdout
    return {
        "score": report.score,
        "max_score": report.max_score,
        "late_penalty": report.late.points,
        "grade": report.grade,
        "macro_f1": holdout.macro_f1 if holdout else None,
        "accuracy": holdout.accuracy if holdout else None,
        "score_se": report.runs.score_se if report.runs else None,
        **{f"points_{one.id}": one.points for one in report.criteria},
    }
