from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from autograder.errors import ResultsError
from autograder.gradebooks.tables import SUFFIXES, write_table
from autograder.reports.report import Report
from tests.gradebook_samples import of
from tests.sample_reports import GRADED, REJECTED, RUNS, SUBMISSION, UNCERTAINTY, report

ADA = report(replace(GRADED, runs=RUNS, uncertainty=UNCERTAINTY))
BO = report(REJECTED, replace(SUBMISSION, id="bo", student_id="007", name="Bo"))
NUMBERS = {"score": 77.5, "points_recognition": 67.5, "points_augmentation": 10, "macro_f1": 0.8}


def read(path: Path) -> pd.DataFrame:
    texts = dict.fromkeys(("submission_id", "student_id", "name", "verdict", "flags"), str)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    if path.suffix == ".xlsx":
        return pd.read_excel(path, dtype=texts, keep_default_na=False, na_values=[""])
    return pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])


@pytest.fixture(params=SUFFIXES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == ".parquet":
        pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    return tmp_path / f"class{request.param}"


def test_every_criterion_has_a_column(path: Path) -> None:
    assert write_table([BO, ADA], path) == 2
    table = read(path)
    assert list(table["submission_id"]) == ["ada", "bo"]
    assert list(table["student_id"]) == ["s001", "007"]
    ada, bo = table.iloc[0], table.iloc[1]
    assert {name: ada[name] for name in NUMBERS} == NUMBERS
    assert (bo["score"], bo["verdict"]) == (0, "REJECTED")
    assert pd.isna(bo["points_recognition"])
    assert ada["score_se"] == 2.4


def test_our_failures_have_no_line(path: Path) -> None:
    assert write_table([of("a"), of("b", None)], path) == 1
    assert list(read(path)["student_id"]) == ["a"]


def test_a_class_of_nobody_has_headings(path: Path) -> None:
    write_table([], path)
    assert list(read(path).columns[:3]) == ["submission_id", "student_id", "name"]


def named(name: str) -> Report:
    return of("a", name=name)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_a_name_cannot_become_a_formula(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"class{suffix}"
    write_table([named(name)], path)
    assert read(path)["name"][0] == f"'{name}"


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "class.xlsx"
    write_table([of("=1", name="=2", id_="=3")], path)
    sheet = openpyxl.load_workbook(path).active
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize("name", ["王 伟", "محمد العلي", "Zoë, “Q” O'Neil", "NA", "a\nb"])
def test_a_name_stays_as_it_is(name: str, path: Path) -> None:
    write_table([named(name)], path)
    assert read(path)["name"][0] == name


def test_what_a_workbook_cannot_hold_is_replaced(tmp_path: Path) -> None:
    write_table([named("a\x00\x1bb")], tmp_path / "class.xlsx")
    assert read(tmp_path / "class.xlsx")["name"][0] == "a\ufffd\ufffdb"


def test_nor_does_a_heading_hold_it(tmp_path: Path) -> None:
    edited = ADA.model_copy(
        update={"criteria": (ADA.criteria[0].model_copy(update={"id": "\x00"}),)}
    )
    write_table([edited], tmp_path / "class.xlsx")
    assert "points_\ufffd" in read(tmp_path / "class.xlsx").columns


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"ends in \.csv or \.parquet or \.xlsx"):
        write_table([ADA], tmp_path / "class.ods")


@pytest.mark.parametrize(("suffix", "extra"), [(".parquet", "parquet"), (".xlsx", "excel")])
def test_a_missing_library_is_named(
    suffix: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ResultsError, match=rf"pip install 'autograder\[{extra}\]'"):
        write_table([ADA], tmp_path / f"class{suffix}")
