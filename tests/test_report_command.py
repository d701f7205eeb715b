"""`autograder report`: all pages again, from what is stored."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from autograder.batch import Writer, grade_batch
from autograder.class_pictures import class_pictures, to_npz
from autograder.cli import run
from autograder.commands.report import ReportOptions, report
from autograder.errors import InternalError, ResultsError
from autograder.pages import publish, student
from autograder.pages.publish import CLASSES_FILE, Publisher, redraw_all
from autograder.store import Store
from tests.conftest import TinyData
from tests.fakes import LABELS, Watched, fake_grader, predictions, submission

NAMES = ("ada", "bob", "cem")


@pytest.fixture
def results(tiny_data: TinyData, tmp_path: Path) -> Path:
    """A class of three that was graded, with mistakes to be shown."""
    grader, script = fake_grader(tiny_data)
    labels = grader.labels.validation
    made = {"validation.f32": predictions(labels, right=12)}
    script.train = lambda: script.trained(**made)
    script.replay = lambda: script.replayed(predictions(LABELS, right=12), **made)
    out = tmp_path / "results"
    signs = class_pictures(grader.assignment)
    with Store(out) as store:
        (out / CLASSES_FILE).write_bytes(to_npz(signs))
        writer = Writer(grader, store, Watched(), Publisher(signs))
        grade_batch([submission(name=name) for name in NAMES], writer, 1)
    assert writer.undrawn == {}
    return out


def page(results: Path, name: str) -> Path:
    return results / "submissions" / name / "report.html"


def draw(results: Path, *, anonymous: bool = False, jobs: int = 1) -> str:
    said = io.StringIO()
    options = ReportOptions(results, results.parent / "grading.yaml", anonymous, jobs)
    assert report(options, Console(file=said, width=200)) == 0
    return said.getvalue()


def test_pages_come_out_as_they_were_when_graded(results: Path) -> None:
    before = {name: page(results, name).read_bytes() for name in NAMES}
    for name in NAMES:
        page(results, name).unlink()
    said = draw(results)
    assert {name: page(results, name).read_bytes() for name in NAMES} == before
    assert f"class page: {results / 'index.html'}" in said
    assert (results / "similar.html").is_file()
    index = (results / "index.html").read_text(encoding="utf-8")
    assert all(f"submissions/{name}/report.html" in index for name in NAMES)


def test_the_anonymous_page_is_written_when_asked_for(results: Path) -> None:
    draw(results)
    assert not (results / "anonymous.html").exists()
    draw(results, anonymous=True)
    shown = (results / "anonymous.html").read_text(encoding="utf-8")
    assert not any(name in shown for name in NAMES)


def test_many_pages_are_drawn_by_several_processes(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "_SMALL_BATCH", 1)
    before = {name: page(results, name).read_bytes() for name in NAMES}
    assert list(redraw_all(results, NAMES, 2)) == [*NAMES]
    assert {name: page(results, name).read_bytes() for name in NAMES} == before


def test_pages_of_results_without_pictures_are_drawn_too(results: Path) -> None:
    (results / CLASSES_FILE).unlink()
    for name in NAMES:
        (results / "submissions" / name / "evidence.npz").unlink()
    draw(results)
    assert "<h1>Report for ada</h1>" in page(results, "ada").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["submissions/bob/evidence.npz", CLASSES_FILE])
def test_damaged_files_are_named(results: Path, name: str) -> None:
    with (results / name).open("r+b") as file:
        file.truncate(100)
    with pytest.raises(ResultsError, match=f"{name}: damaged"):
        draw(results)


def test_a_report_whose_page_cannot_be_drawn_is_named(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError("no axis")

    monkeypatch.setattr(student, "render_student_page", broken)
    with pytest.raises(InternalError, match=r"ada: its page could not be drawn: Zero.*no axis"):
        draw(results)


def test_a_folder_without_results_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", str(tmp_path / "nothing")]) == 2
    assert "no results there" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()


def test_nothing_is_drawn_while_somebody_grades(results: Path) -> None:
    with Store(results), pytest.raises(ResultsError, match="another grading"):
        draw(results)


def test_evidence_holds_no_image_of_the_holdout(results: Path, tiny_data: TinyData) -> None:
    holdout = np.load(tiny_data.folder / "holdout_images.npy")
    with np.load(results / "submissions" / "ada" / "evidence.npz") as arrays:
        shown = arrays["wrong/images"]
    assert len(shown) == 8
    for image in shown:
        assert not (holdout == image).all(axis=(1, 2, 3)).any()


def test_whoever_compares_without_the_handout_is_told(results: Path) -> None:
    assert "counts as copied" in draw(results)
    assert "counts as copied" not in draw(results)  # it is stored now
