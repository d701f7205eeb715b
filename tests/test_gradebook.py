from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.gradebook import NEEDS_ATTENTION, summarise, write_gradebook
from autograder.measures import Metrics
from autograder.models import Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from tests.sample_reports import (
    GRADED,
    REJECTED,
    RUNS,
    STARTED,
    SUBMISSION,
    UNCERTAINTY,
    report,
)


def of(submission_id: str, outcome: Outcome = GRADED, name: str = "A Student") -> Report:
    return report(outcome, replace(SUBMISSION, id=submission_id, student_id="007", name=name))


def failed(submission_id: str) -> Report:
    return of(submission_id, Outcome(Verdict.INTERNAL_ERROR, note="zygote died"))


def test_gradebook_is_written_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    late = replace(SUBMISSION, id="bo", student_id="s2", name="Bo, Jr.", submitted_at=STARTED)
    write_gradebook([report(submission=late), of("ann", REJECTED, "Änn")], path)
    assert path.read_bytes().decode() == (
        "submission_id,student_id,name,verdict,score,max_score,percent,late_penalty,grade,"
        "macro_f1,accuracy,score_se,runs,flags\n"
        "ann,007,Änn,REJECTED,0.00,100.00,0.00,0.00,0.00,,,,,\n"
        'bo,s2,"Bo, Jr.",GRADED,77.50,100.00,77.50,10.00,67.50,0.8000,0.8200,,,late\n'
    )


def test_empty_class_gives_a_header(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([], path)
    assert len(path.read_text().splitlines()) == 1


def test_metrics_have_four_decimals_and_points_two(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([of("a", replace(GRADED, holdout=Metrics(1 / 3, 2 / 3, (0.5,), 3)))], path)
    [row] = csv.DictReader(path.read_text().splitlines())
    assert (row["macro_f1"], row["accuracy"], row["score"]) == ("0.3333", "0.6667", "77.50")


def test_a_score_has_its_standard_error_and_its_runs(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([of("a", replace(GRADED, runs=RUNS, uncertainty=UNCERTAINTY))], path)
    [row] = csv.DictReader(path.read_text().splitlines())
    assert (row["score_se"], row["runs"]) == ("2.40", "2")


def test_flags_are_joined_by_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([report(isolation="none", holdout_is_default_seed=True)], path)
    [row] = csv.DictReader(path.read_text().splitlines())
    assert row["flags"] == "unisolated;default-holdout"


def test_our_failures_have_no_row_but_a_list_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([failed("b"), of("a"), failed("c")], path)
    assert [row["submission_id"] for row in csv.DictReader(path.read_text().splitlines())] == ["a"]
    assert (tmp_path / NEEDS_ATTENTION).read_text() == (
        "submission_id,student_id,name,verdict,flags,note\n"
        "b,007,A Student,INTERNAL_ERROR,needs-attention,zygote died\n"
        "c,007,A Student,INTERNAL_ERROR,needs-attention,zygote died\n"
    )


def test_list_of_failures_goes_when_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([failed("a")], path)
    write_gradebook([of("a")], path)
    assert [item.name for item in tmp_path.iterdir()] == ["gradebook.csv"]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\nx", '=HYPERLINK("http://x")']
)
def test_name_cannot_become_a_formula(tmp_path: Path, name: str) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([of("a", name=name)], path)
    with path.open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert row["name"] == f"'{name}"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "name",
    [
        "a;=1+1",
        "a\t@SUM(A1)",
        "a\n+1",
        "a; -1",
        'a;"=1"',
        " =1",
        '";=1;"',
        "\N{FULLWIDTH EQUALS SIGN}1",
    ],
)
def test_a_name_cannot_become_a_formula_wherever_cells_are_parted(
    tmp_path: Path, name: str, separator: str
) -> None:
    """As a spreadsheet reads it that knows no other separator, and quotes only around a cell."""
    path = tmp_path / "gradebook.csv"
    write_gradebook([of("a", name=name)], path)
    for row in csv.reader(io.StringIO(path.read_text("utf-8"), newline=""), delimiter=separator):
        for cell in row:
            plain = unicodedata.normalize("NFKC", cell.strip())
            assert not plain.startswith(("=", "+", "-", "@")), cell


@pytest.mark.parametrize(
    ("name", "shown"), [("\rx", "'\nx"), ("a\r=1", "a\n'=1"), ("a\r\nb", "a\nb")]
)
def test_carriage_return_cannot_end_a_row(tmp_path: Path, name: str, shown: str) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([of("a", name=name)], path)
    with path.open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert row["name"] == shown


@pytest.mark.parametrize("name", ["NA", "null", "", "00", 'Ünï, "Q" O\'Neil', "a\nb"])
def test_name_stays_as_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / "gradebook.csv"
    write_gradebook([of("a", name=name)], path)
    with path.open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["name"], row["student_id"]) == (name, "007")


def test_summary_counts_verdicts_and_scores() -> None:
    found = summarise([of("a"), of("b", REJECTED), failed("d"), failed("c")])
    assert found.counts == {
        Verdict.GRADED: 1,
        Verdict.REJECTED: 1,
        Verdict.INTERNAL_ERROR: 2,
    }
    assert (found.lowest_score, found.mean_score, found.highest_score) == (0, 38.75, 77.5)
    assert (found.median_score, found.max_score) == (38.75, 100)
    assert found.needs_attention == ("c", "d")


def test_summary_of_nothing_is_empty() -> None:
    found = summarise([])
    assert (found.counts, found.mean_score, found.median_score) == ({}, None, None)
