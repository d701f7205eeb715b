"""Each system's export, written by hand from its documents: in, graded, out to the byte."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from rich.console import Console

from autograder.cli import run
from autograder.commands.gradebook import GradebookOptions, gradebook
from autograder.errors import ResultsError
from autograder.reports.report import Report
from tests.gradebook_samples import CANVAS, CLASS, EXPORTS, of, results_of


def written(
    tmp_path: Path,
    export: str | bytes,
    format_name: str,
    reports: tuple[Report, ...] = CLASS,
    **options: object,
) -> tuple[bytes, str, int]:
    """Return the new file, what was printed, and the exit code."""
    data = export.encode() if isinstance(export, str) else export
    (tmp_path / "export.csv").write_bytes(data)
    results = results_of(reports, tmp_path / "results")
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    out = tmp_path / "new.csv"
    typed = GradebookOptions(results, format_name, tmp_path / "export.csv", out, **options)  # type: ignore[arg-type]
    code = gradebook(typed, console)
    assert (tmp_path / "export.csv").read_bytes() == data
    return out.read_bytes(), console.file.getvalue(), code  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", EXPORTS)
def test_the_one_column_changes_and_no_other_byte(name: str, tmp_path: Path) -> None:
    before, after, column = EXPORTS[name]
    data, _, _ = written(tmp_path, before, name, column=column)
    assert data.decode() == after


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("mark_and_codec", [(b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")])
def test_the_encoding_stays(name: str, mark_and_codec: tuple[bytes, str], tmp_path: Path) -> None:
    mark, codec = mark_and_codec
    before, after, column = EXPORTS[name]
    data, _, _ = written(
        tmp_path, mark + before.lstrip("\ufeff").encode(codec), name, column=column
    )
    assert data == mark + after.lstrip("\ufeff").encode(codec)


@pytest.mark.parametrize("name", EXPORTS)
def test_to_write_it_twice_changes_nothing_more(name: str, tmp_path: Path) -> None:
    _, after, column = EXPORTS[name]
    data, text, _ = written(tmp_path, after, name, column=column)
    assert data.decode() == after
    assert "0 grades changed" in text


def test_what_changes_and_what_does_not_is_told(tmp_path: Path) -> None:
    _, text, code = written(tmp_path, CANVAS, "canvas", (*CLASS, of("x9", 50)), column="412")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "│ Lovelace, Ada │ │ 77.50 │" in lines
    assert "│ Li, Bo │ 75.00 │ 80.00 │" in lines
    assert (
        "Çelik, Jr.: 99.00, not 60.25"
        in lines[lines.index("kept: it is higher (--overwrite replaces it): 1") + 1]
    )
    assert "Dao: EX, not 0.00" in lines
    assert lines[lines.index("not graded: our fault, not theirs: 1") + 1] == "Finn"
    assert lines[lines.index("in the export, without a result: 1") + 1] == "Nobody, Eve"
    assert lines[lines.index("results that match nobody in the export: 1") + 1] == "hand-in-x9"
    assert lines[-1].endswith("new.csv: 2 grades changed")
    assert code == 1


def test_all_graded_and_found_is_success(tmp_path: Path) -> None:
    _, _, code = written(tmp_path, CANVAS, "canvas", CLASS[:4], column="412")
    assert code == 0


def test_a_higher_grade_and_a_text_give_way_only_when_asked(tmp_path: Path) -> None:
    data, _, _ = written(tmp_path, CANVAS, "canvas", column="412", overwrite=True)
    text = data.decode()
    assert '"s003",celik@example.edu,A,1.00,"60.25",' in text
    assert "s004,dao@example.edu,A,,0.00," in text


def test_our_failures_never_become_numbers(tmp_path: Path) -> None:
    data, _, _ = written(tmp_path, CANVAS, "canvas", column="412", overwrite=True, keep_all=True)
    assert "Finn,9006,s006,finn@example.edu,A,,12.00,\r\n" in data.decode()


def test_whoever_has_no_grade_stays_as_it_was_when_asked(tmp_path: Path) -> None:
    data, _, _ = written(tmp_path, CANVAS, "canvas", column="412", keep_all=True)
    assert data.decode().splitlines()[-2:] == CANVAS.splitlines()[-2:]
    assert len(data.decode().splitlines()) == len(CANVAS.splitlines())


def test_other_points_are_refused_or_scaled(tmp_path: Path) -> None:
    twenty = CANVAS.replace("100.00,(read", "20.00,(read")
    with pytest.raises(ResultsError, match=r"counts 20 points, the rules 100; --scale"):
        written(tmp_path, twenty, "canvas", column="412")
    assert not (tmp_path / "new.csv").exists()
    results = tmp_path / "again"
    results.mkdir()
    data, _, _ = written(results, twenty, "canvas", CLASS[:1], column="412", scale=True)
    assert "9.00,15.50,91.2" in data.decode()


def test_a_column_of_no_points_is_refused(tmp_path: Path) -> None:
    none = CANVAS.replace("100.00,(read", "0.00,(read")
    with pytest.raises(ResultsError, match="counts 0 points"):
        written(tmp_path, none, "canvas", column="412", scale=True)


def test_a_line_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    broken = CANVAS.replace('"Li, Bo"', "Li, Bo")
    with pytest.raises(ResultsError, match=r"export.csv:5: 9 cells under 8 headings"):
        written(tmp_path, broken, "canvas", column="412")


def test_the_export_itself_is_never_written(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text(CANVAS, encoding="utf-8")
    results = results_of(CLASS, tmp_path / "results")
    with pytest.raises(ResultsError, match="is the export itself"):
        gradebook(GradebookOptions(results, "canvas", export, export), Console())


def test_only_a_table_needs_no_export(tmp_path: Path) -> None:
    results = results_of(CLASS, tmp_path / "results")
    with pytest.raises(ResultsError, match="export the grades from moodle as CSV"):
        gradebook(GradebookOptions(results, "moodle", None, tmp_path / "x.csv"), Console())


def test_students_names_cannot_command_the_terminal(tmp_path: Path) -> None:
    export = CANVAS.replace('"Lovelace, Ada"', '"\x1b[31m[bold]Ada[/bold]"')
    data, text, _ = written(tmp_path, export, "canvas", column="412")
    assert b"\x1b[31m[bold]Ada" in data
    assert "\x1b" not in text
    assert "[bold]Ada[/bold]" in text


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "e.csv").write_text(CANVAS, encoding="utf-8", newline="")
    results = results_of(CLASS[:2], tmp_path / "results")
    words = ["gradebook", str(results), "--format", "canvas", "--into", str(tmp_path / "e.csv")]
    assert run([*words, "-o", str(tmp_path / "n.csv")]) == 2
    assert "'Warm-up (411)', 'Road signs 1 (412)'" in capsys.readouterr().err
    assert run([*words, "-o", str(tmp_path / "n.csv"), "--column", "road signs 1"]) == 0
    assert "2 grades changed" in capsys.readouterr().out


@pytest.mark.parametrize("name", EXPORTS)
def test_a_class_of_500_takes_seconds(name: str, tmp_path: Path) -> None:
    before, _, column = EXPORTS[name]
    [line] = [one for one in before.splitlines(keepends=True) if "s002" in one.lower()]
    head = before[: before.lower().index("ada")]
    head = head[: max(head.rfind("\n"), 0) + 1]
    lines = []
    for number in range(500):
        own = line.lower().replace("s002", f"t{number}")
        for id_ in ("bo@", "702", "9002", '"bo"', "#bo", ",502,", "-bo"):
            own = own.replace(id_, id_.replace("bo", f"bo{number}").replace("02", f"2{number}"))
        lines.append(own)
    reports = tuple(of(f"t{number}", 80.0) for number in range(500))
    (tmp_path / "e.csv").write_text(head + "".join(lines), encoding="utf-8", newline="")
    results = results_of(reports, tmp_path / "results")
    started = time.process_time()
    options = GradebookOptions(results, name, tmp_path / "e.csv", tmp_path / "n.csv", column)
    assert gradebook(options, Console(quiet=True)) == 0
    assert time.process_time() - started < 10
    assert (tmp_path / "n.csv").read_text(encoding="utf-8").count("80") >= 500
