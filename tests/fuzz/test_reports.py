"""Reports: written by us, read back from a folder that anybody may have edited, shown to people."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from rich.console import Console

from autograder.errors import ResultsError
from autograder.gradebook import COLUMNS, write_gradebook
from autograder.measures import CriterionResult, Score
from autograder.models import Finding, Location, Verdict
from autograder.outcome import Outcome
from autograder.reports.build import restate
from autograder.reports.report import Report
from autograder.roster import safe_id
from autograder.store import Store
from autograder.view import plain
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import bent_json, texts
from tests.fuzz.shown import assert_harmless_on_terminal, assert_pages_shown, assert_report_shown
from tests.sample_reports import CONFIG, GRADED, REJECTED, SUBMISSION, report
from tests.test_student_page import complete_report

REPORTS = [
    json.loads(one.to_json()) for one in (report(GRADED), report(REJECTED), complete_report())
]
KEY = "e" * 64
WORDS = (*Verdict, None, 0.5, "full", "none", "0001-01-01T00:00:00+14:00", "late")


def report_files() -> SearchStrategy[bytes]:
    """Reports of each kind of verdict, bent."""
    return st.sampled_from(REPORTS).flatmap(lambda data: bent_json(data, WORDS))


@fuzz(report_files(), raises=(ValueError,))
def test_file(hostile: bytes) -> Report:
    found = Report.from_json(hostile.decode())

    assert Report.from_json(found.to_json()) == found
    assert_report_shown(found)
    assert_report_shown(restate(found, SUBMISSION, CONFIG))
    return found


@fuzz(report_files(), share=0.5)
def test_stored_result(hostile: bytes, folder: Path) -> Report | None:
    store = Store(folder)
    place = folder / "submissions" / SUBMISSION.id
    place.mkdir(parents=True, exist_ok=True)
    (place / "report.json").write_bytes(hostile)

    found = store.load(SUBMISSION.id, KEY)

    assert found is None or (found.cache_key, found.submission.id) == (KEY, SUBMISSION.id)
    return found


@fuzz(bent_json({"layout_version": 1}), raises=(ResultsError,))
def test_results_folder(hostile: bytes, folder: Path) -> Store:
    (folder / ".autograder.json").write_bytes(hostile)
    with Store(folder) as store:
        return store


@st.composite
def odd_reports(draw: DrawFn) -> Report:
    """Reports about people and programs with odd names."""
    name, text, other = draw(texts()), draw(texts()), draw(texts())
    submission = replace(
        SUBMISSION, id=safe_id(name), student_id=text, name=other, path=Path(f"x{name}")
    )
    return report(draw(odd_outcomes(text)), submission)


def odd_outcomes(text: str) -> SearchStrategy[Outcome]:
    """Outcomes whose every text was the student's to choose."""
    result = CriterionResult("recognition", text, 1.0, 90, 0.8, None, text)
    findings = (Finding(text, text, text, Location(text, 3)),)
    return st.sampled_from(
        [
            replace(GRADED, score=Score((result,)), findings=findings, note=text),
            replace(REJECTED, findings=findings),
            Outcome(Verdict.INTERNAL_ERROR, note=text),
        ]
    )


@fuzz(odd_reports())
def test_shown_text(hostile: Report) -> Report:
    assert Report.from_json(hostile.to_json()) == hostile
    assert_report_shown(hostile)
    return hostile


@fuzz(odd_reports(), share=0.2)
def test_text_on_a_page(hostile: Report) -> Report:
    assert_pages_shown(hostile)
    return hostile


@fuzz(texts())
def test_plain_text_on_a_terminal(hostile: str) -> str:
    shown = plain(hostile)
    assert all(char.isprintable() or char == "\n" for char in shown.plain)
    assert not re.search(r"::[a-z]|##\[[a-z]", shown.plain, re.IGNORECASE)
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    console.print(shown)
    assert_harmless_on_terminal(console)
    return shown.plain


@fuzz(st.lists(odd_reports(), min_size=1, max_size=4), share=0.5)
def test_gradebook(hostile: list[Report], folder: Path) -> pd.DataFrame:
    path = folder / "gradebook.csv"

    write_gradebook(hostile, path)

    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    graded = [one for one in hostile if one.verdict is not Verdict.INTERNAL_ERROR]
    assert tuple(table.columns) == COLUMNS
    assert len(table) == len(graded)
    assert sorted(table["submission_id"]) == sorted(one.submission.id for one in graded)
    for cell in table.to_numpy().flat:
        assert not str(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell
    return table
