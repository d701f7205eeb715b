"""What a person sees on the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from autograder.jobs import Progress
from autograder.measures import Corrupted, CriterionResult, Robustness
from autograder.models import Epoch, Finding, Location
from autograder.view import (
    BatchView,
    plain,
    show_batch,
    show_criteria,
    show_epoch,
    show_findings,
    show_learning_curve,
    show_robustness,
)
from tests.sample_reports import GRADED, REJECTED, STARTED, SUBMISSION, report


def console(width: int = 80, *, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)


def shown(by: Console) -> str:
    assert isinstance(by.file, io.StringIO)
    return by.file.getvalue()


EPOCHS = [Epoch(n, 5 * n, 2.0 / n, 0.1 * n, 2.2 / n, 0.08 * n) for n in range(1, 6)]


@pytest.mark.parametrize(
    "hostile",
    ["[bold]x[/bold]", "\x1b[31mred", "\x1b]8;;http://x\x07link", "a\rb", "\u202eabc", "\x00"],
)
def test_a_students_text_is_shown_never_interpreted(hostile: str) -> None:
    screen = console(terminal=True)
    screen.print(plain(hostile))
    printed = shown(screen)
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "\r" not in printed
    assert printed.strip() == plain(hostile).plain


def test_a_finding_shows_its_place_and_what_to_do() -> None:
    screen = console(200)
    place = Location("submission.ipynb", 3, 2)
    show_findings(screen, [Finding("signature", "Takes one argument.", "Take two.", place)])
    assert "submission.ipynb, cell 2, line 3: Takes one argument. [signature]" in shown(screen)
    assert "Take two." in shown(screen)


def test_criteria_show_points_and_reasons() -> None:
    screen = console(120)
    show_criteria(screen, [CriterionResult("a", "Signs", 3.5, 10, 0.8, None, "why so")], "Title")
    for words in ("Title", "Signs", "3.50 / 10", "why so"):
        assert words in shown(screen)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_an_epoch_is_one_line_on_any_terminal(width: int) -> None:
    screen = console(width)
    show_epoch(screen, EPOCHS[2], 5)
    assert len(shown(screen).splitlines()) == 1
    assert "epoch   3/5" in shown(screen)


def test_the_learning_curve_names_both_lines() -> None:
    screen = console()
    show_learning_curve(screen, EPOCHS)
    for words in ("training", "validation", "Accuracy by epoch"):
        assert words in shown(screen)
    assert "\x1b" not in shown(screen)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -1e308, 1e9])
def test_odd_numbers_of_a_job_are_drawn_as_far_as_they_go(odd: float) -> None:
    screen = console(100)
    epochs = [Epoch(10**400 * n, 5 * n, odd, odd, odd, odd) for n in range(3)]
    show_learning_curve(screen, epochs)
    show_epoch(screen, replace(epochs[0], epoch=1), 2)
    assert "Accuracy by epoch" in shown(screen)
    assert "epoch   1/2" in shown(screen)


def test_each_corruption_has_a_bar_of_its_mean_over_severities() -> None:
    screen = console()
    cells = [("fog", 1, 0.9), ("fog", 5, 0.7), ("motion_blur", 1, 0.0), ("motion_blur", 5, 0.2)]
    parts = tuple(Corrupted(name, severity, value, 0.0) for name, severity, value in cells)
    show_robustness(screen, Robustness(0.45, 1.0, 10, parts))
    head, clean, fog, motion = shown(screen).splitlines()
    assert head.endswith("(mean 0.4500)")
    assert clean.split()[-2:] == ["━" * 30, "1.000"]
    assert fog.split() == ["fog", "━" * 24 + "╌" * 6, "0.800"]
    assert motion.split() == ["motion", "blur", "━" * 3 + "╌" * 27, "0.100"]


def test_one_epoch_makes_no_curve() -> None:
    screen = console()
    show_learning_curve(screen, EPOCHS[:1])
    assert shown(screen) == ""


def test_the_summary_shows_verdicts_points_and_who_was_late() -> None:
    from dataclasses import replace

    late = report(submission=replace(SUBMISSION, id="bob", name="Bob", submitted_at=STARTED))
    reports = [report(), report(REJECTED, replace(SUBMISSION, id="eve")), late]
    wide, narrow = console(160), console(80)
    for screen in (wide, narrow):
        show_batch(screen, reports)
        for words in ("77.50", "67.50", "GRADED", "REJECTED", "late", "3 submissions"):
            assert words in shown(screen)
    assert "Bob" in shown(wide)
    assert max(len(line) for line in shown(narrow).splitlines()) <= 80


def test_without_a_terminal_each_submission_leaves_one_line() -> None:
    screen = console()
    with BatchView(screen, 1) as view:
        view.stage("ada", "training")
        view.progress("ada", Progress(3, 10, b""))
        view.finished(report(GRADED), cached=True)
    (line,) = shown(screen).splitlines()
    assert "GRADED" in line
    assert "as before" in line


def test_on_a_terminal_running_submissions_have_bars() -> None:
    screen = console(120, terminal=True)
    with BatchView(screen, 2) as view:
        view.stage("ada", "training")
        view.progress("ada", Progress(3, 10, b""))
    assert "ada" in shown(screen)
    assert "3/10" in shown(screen)


@pytest.mark.parametrize(
    "command",
    [
        "::error file=a.py::cheated", "##[error]cheated", " ::debug::x",
        "##vso[task.complete result=Succeeded]", "##teamcity[buildStatus text='x']",
    ],
)  # fmt: skip
def test_a_ci_service_is_told_nothing_by_a_student(command: str) -> None:
    for line in plain(f"{command}\nbefore {command}").plain.splitlines():
        assert "::" not in line
        assert not re.search(r"##\w*\[", line)


def test_python_that_looks_a_little_like_a_command_stays_as_it_is() -> None:
    source = "x[1::2], y[::-1], {a: [0]}, std::  # [note]"
    assert plain(source).plain == source
