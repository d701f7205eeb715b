"""Many submissions: caching, retries, order, late changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.batch import Writer, grade_batch
from autograder.config import LateConfig
from autograder.errors import ResultsError
from autograder.evidence import Evidence
from autograder.jobs import Ending, JobResult
from autograder.models import Submission, Verdict
from autograder.pages.publish import Publisher
from autograder.pipeline import Grader
from autograder.reports.report import Report
from autograder.store import Store
from tests.conftest import TinyData
from tests.fakes import CONFIG, Script, Watched, fake_grader, result, submission

DUE = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def graded(tiny_data: TinyData) -> tuple[Grader, Script]:
    return fake_grader(tiny_data)


def run(grader: Grader, out: Path, *submissions: Submission) -> tuple[tuple[Report, ...], Watched]:
    watched = Watched()
    with Store(out) as store:
        return grade_batch(
            submissions or (submission(),), Writer(grader, store, watched), 2
        ), watched


def test_each_submission_gets_its_four_files(graded: tuple[Grader, Script], tmp_path: Path) -> None:
    reports, _ = run(graded[0], tmp_path, submission(name="ada"), submission(name="bob"))
    assert [report.submission.id for report in reports] == ["ada", "bob"]
    for name in ("ada", "bob"):
        files = {path.name for path in (tmp_path / "submissions" / name).iterdir()}
        assert files == {"report.json", "feedback.md", "job.log", "submission.zip"}


def test_a_second_run_trains_nothing_again(graded: tuple[Grader, Script], tmp_path: Path) -> None:
    grader, script = graded
    first, _ = run(grader, tmp_path)
    script.asked.clear()
    second, watched = run(grader, tmp_path)
    assert script.asked == []
    assert second == first
    assert [cached for _, cached in watched.reports] == [True]


def test_changed_work_is_graded_anew(graded: tuple[Grader, Script], tmp_path: Path) -> None:
    grader, script = graded
    run(grader, tmp_path)
    script.asked.clear()
    changed = replace(submission(), sha256="e" * 64)
    run(grader, tmp_path, changed)
    assert [job.task for job in script.asked] == ["describe", "price", "train", "replay"]


def test_changed_rules_are_graded_anew(
    graded: tuple[Grader, Script], tiny_data: TinyData, tmp_path: Path
) -> None:
    run(graded[0], tmp_path)
    stricter = CONFIG.model_copy(update={"rubric": CONFIG.rubric[:1]})
    grader, script = fake_grader(tiny_data, stricter)
    (report,), _ = run(grader, tmp_path)
    assert len(script.asked) == 4
    assert report.max_score == 90


def test_an_extension_needs_no_new_training(
    graded: tuple[Grader, Script], tiny_data: TinyData, tmp_path: Path
) -> None:
    work = replace(submission(), submitted_at=datetime(2027, 2, 2, 12, tzinfo=UTC))
    late = LateConfig(due=DUE, points_per_day=10)
    grader, _ = fake_grader(tiny_data, CONFIG.model_copy(update={"late": late}))
    (first,), _ = run(grader, tmp_path, work)
    assert (first.score, first.grade) == (100, 90)
    extended = late.model_copy(update={"due": datetime(2027, 2, 3, tzinfo=UTC)})
    grader, script = fake_grader(tiny_data, CONFIG.model_copy(update={"late": extended}))
    (second,), _ = run(grader, tmp_path, work)
    assert script.asked == []
    assert (second.score, second.grade) == (100, 100)
    log = tmp_path / "submissions" / "ada" / "job.log"
    assert log.read_bytes() == b"printed\nprinted\n"


def answers(*results: JobResult) -> Iterator[JobResult]:
    yield from results


def test_our_own_fault_is_tried_again(graded: tuple[Grader, Script], tmp_path: Path) -> None:
    grader, script = graded
    killed = result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    replies = answers(killed, script.trained())
    script.train = lambda: next(replies)
    (report,), _ = run(grader, tmp_path)
    assert report.verdict is Verdict.GRADED


def test_our_own_fault_twice_is_no_zero_and_is_graded_next_time(
    graded: tuple[Grader, Script], tmp_path: Path
) -> None:
    grader, script = graded
    sound = script.train
    script.train = lambda: result(ending=Ending.KILLED_FROM_OUTSIDE, exit_code=-9)
    (report,), _ = run(grader, tmp_path)
    assert (report.verdict, report.score, report.grade) == (Verdict.INTERNAL_ERROR, None, None)
    assert "killed" in report.note
    script.train = sound
    (report,), watched = run(grader, tmp_path)
    assert report.verdict is Verdict.GRADED
    assert [cached for _, cached in watched.reports] == [False]


def test_a_bug_of_ours_in_one_submission_spares_the_others(
    graded: tuple[Grader, Script], tmp_path: Path
) -> None:
    grader, script = graded

    def broken() -> JobResult:
        if script.asked[-1].sources["submission.py"].endswith("# bad"):
            raise ZeroDivisionError
        return script.trained()

    script.train = broken
    bad = submission(submission().files[0].text + "# bad", name="bad")
    with Store(tmp_path) as store:
        reports = grade_batch([bad, submission()], Writer(grader, store, Watched()), 1)
    assert [report.verdict for report in reports] == [Verdict.INTERNAL_ERROR, Verdict.GRADED]
    assert "ZeroDivisionError" in reports[0].note


def test_a_disk_that_refuses_ends_the_batch(
    graded: tuple[Grader, Script], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ResultsError("disk full")

    monkeypatch.setattr(Store, "write", refuse)
    with pytest.raises(ResultsError, match="disk full"):
        run(graded[0], tmp_path)


def test_grading_twice_is_equal_but_for_the_timings(
    graded: tuple[Grader, Script], tmp_path: Path
) -> None:
    (first,), _ = run(graded[0], tmp_path / "a")
    (second,), _ = run(graded[0], tmp_path / "b")
    assert first.comparable() == second.comparable()


class Undrawable:
    """Pages that cannot be drawn."""

    def draw(self, report: Report, evidence: Evidence, log: bytes) -> bytes:
        raise ZeroDivisionError("no room")

    def redraw(self, report: Report, folder: Path) -> bytes:
        raise ZeroDivisionError("no room")


def test_a_page_that_cannot_be_drawn_costs_nobody_a_result(
    graded: tuple[Grader, Script], tmp_path: Path
) -> None:
    with Store(tmp_path) as store:
        writer = Writer(graded[0], store, Watched(), Undrawable())
        (report,) = grade_batch([submission()], writer, 1)
    assert report.verdict is Verdict.GRADED
    assert writer.undrawn == {"ada": "ZeroDivisionError: no room"}
    files = {path.name for path in (tmp_path / "submissions" / "ada").iterdir()}
    assert "report.json" in files
    assert "report.html" not in files


def test_pages_are_drawn_of_new_and_of_restated_results(
    graded: tuple[Grader, Script], tiny_data: TinyData, tmp_path: Path
) -> None:
    page = tmp_path / "submissions" / "ada" / "report.html"
    for grader, late in ((graded[0], None), (None, LateConfig(due=DUE, points_per_day=10))):
        of_today = grader or fake_grader(tiny_data, CONFIG.model_copy(update={"late": late}))[0]
        with Store(tmp_path) as store:
            writer = Writer(of_today, store, Watched(), Publisher(None))
            work = replace(submission(), submitted_at=datetime(2027, 2, 2, 12, tzinfo=UTC))
            grade_batch([work], writer, 1)
        assert writer.undrawn == {}
        assert ("for lateness" in page.read_text(encoding="utf-8")) == bool(late)
