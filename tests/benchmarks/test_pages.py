"""How fast pages are drawn and opened, and how large they are: `make bench` prints it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.pages.class_page import render_class_page
from autograder.pages.student import render_student_page
from tests.browser import samples
from tests.browser.conftest import chromium

CLASS, OPENED_S, SORTED_S = 1000, 2.0, 1.0
LARGEST_PAGE = 3_000_000
"""Bytes of a student's page."""
REDRAWN_S = 180.0
"""In which the pages of a whole class are drawn again, on two cores."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def best(act: Callable[[], object], times: int = 5) -> float:
    """Return the seconds of the fastest run."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        found.append(time.perf_counter() - started)
    return min(found)


def opening_s(browser: Browser, path: Path) -> float:
    """Return the seconds until a page is loaded and painted."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def act() -> None:
        page.goto(path.as_uri())
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    seconds = best(act)
    page.close()
    return seconds


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_page_of_a_large_class_opens_at_once(
    browser: Browser, tmp_path: Path, *, anonymous: bool
) -> None:
    reports = samples.members(CLASS)
    path = tmp_path / "index.html"
    path.write_text(render_class_page(reports, samples.SIGNS, anonymous=anonymous))
    drawn_s = best(lambda: render_class_page(reports, samples.SIGNS, anonymous=anonymous))
    opened_s = opening_s(browser, path)
    kind = "leaderboard" if anonymous else "class page"
    print(
        f"\n{kind}, {CLASS} submissions: {path.stat().st_size / 1e6:.2f} MB, "
        f"drawn in {drawn_s:.2f} s, opened in {opened_s:.2f} s"
    )
    assert opened_s < OPENED_S


def test_sorting_a_large_class_takes_no_time(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(render_class_page(samples.members(CLASS), None))
    page = browser.new_page()
    page.goto(path.as_uri())
    button = page.locator("#submissions thead button").first
    sorted_s = best(lambda: button.evaluate("(one) => { one.click(); document.body.offsetHeight }"))
    print(f"\nsorting {CLASS} submissions: {1000 * sorted_s:.0f} ms")
    assert sorted_s < SORTED_S


def test_a_students_page_is_small_and_drawn_fast(browser: Browser, tmp_path: Path) -> None:
    report, evidence = samples.report(), samples.evidence()
    path = tmp_path / "report.html"
    path.write_text(render_student_page(report, evidence, samples.SIGNS, "Epoch 1\n" * 500))
    drawn_s = best(lambda: render_student_page(report, evidence, samples.SIGNS, ""))
    opened_s = opening_s(browser, path)
    size = path.stat().st_size
    print(
        f"\nstudent's page: {size / 1e6:.2f} MB, drawn in {1000 * drawn_s:.0f} ms, "
        f"opened in {opened_s:.2f} s; a class of {CLASS} in {CLASS * drawn_s / 2:.0f} s on 2 cores"
    )
    assert size < LARGEST_PAGE
    assert CLASS * drawn_s / 2 < REDRAWN_S
