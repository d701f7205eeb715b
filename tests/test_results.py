from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import ResultsError
from autograder.models import Verdict
from autograder.outcome import Outcome
from autograder.reports.report import Report
from autograder.results import read_results
from autograder.store import Store
from tests.sample_reports import GRADED, SUBMISSION, report


def written(folder: Path, *ids: str, outcome: Outcome = GRADED) -> tuple[Report, ...]:
    reports = tuple(report(outcome, replace(SUBMISSION, id=one, student_id=one)) for one in ids)
    with Store(folder) as store:
        for one in reports:
            store.write(one, {})
    return reports


def test_what_was_stored_is_read_back_sorted_by_id(tmp_path: Path) -> None:
    first, second = written(tmp_path, "zoé", "ada")
    assert read_results(tmp_path) == (second, first)


def test_our_failures_are_results_too(tmp_path: Path) -> None:
    written(tmp_path, "ada", outcome=Outcome(Verdict.INTERNAL_ERROR, note="zygote died"))
    assert [one.verdict for one in read_results(tmp_path)] == [Verdict.INTERNAL_ERROR]


def test_files_beside_the_submissions_are_passed_over(tmp_path: Path) -> None:
    written(tmp_path, "ada")
    (tmp_path / "submissions" / ".DS_Store").write_bytes(b"")
    (tmp_path / "submissions" / ".trash").mkdir()
    (tmp_path / "submissions" / "notes.txt").write_bytes(b"")
    assert len(read_results(tmp_path)) == 1


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no results there .*autograder grade --out"):
        read_results(tmp_path)


def test_results_of_nobody_are_refused(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(ResultsError, match="nothing was graded yet"):
        read_results(tmp_path)


def test_an_interrupted_grading_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "ada", "bob")
    (tmp_path / "submissions/bob/report.json").unlink()
    with pytest.raises(ResultsError, match=r"bob.report\.json: missing: grading was interrupted"):
        read_results(tmp_path)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "EOF"),
        (b"{}", "Field required"),
        (b"\xff\xfe", "codec"),
        (b'{"version": 2}', "version"),
        (b"[1]", "object"),
    ],
)
def test_a_damaged_report_is_refused_with_what_is_wrong(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    written(tmp_path, "ada")
    (tmp_path / "submissions/ada/report.json").write_bytes(content)
    with pytest.raises(ResultsError, match=rf"ada.report\.json: damaged.*{fault}"):
        read_results(tmp_path)


def test_a_report_in_anothers_folder_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "ada")
    (tmp_path / "submissions/ada").rename(tmp_path / "submissions/bob")
    with pytest.raises(ResultsError, match="belongs to 'ada'"):
        read_results(tmp_path)


def test_of_many_faults_a_few_are_shown(tmp_path: Path) -> None:
    written(tmp_path, *"abcdefg")
    for place in (tmp_path / "submissions").iterdir():
        (place / "report.json").unlink()
    with pytest.raises(ResultsError, match=r"(?s)submissions.a.*submissions.e.*and 2 more$"):
        read_results(tmp_path)
