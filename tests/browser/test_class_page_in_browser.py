"""The class page, opened as instructors open it: sorted, filtered, printed, shown in class."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
from playwright.sync_api import Locator, Page, expect

from autograder.pages.class_page import render_class_page
from tests.browser import checks, samples
from tests.browser.visits import Visit, Visitor

SIMILAR = {"student-0001": ["student-0002"], "student-0002": ["student-0001"]}
PAGES: dict[str, Callable[[], str]] = {
    "class": lambda: render_class_page(samples.members(30), samples.SIGNS, similar=SIMILAR),
    "leaderboard": lambda: render_class_page(samples.members(30), samples.SIGNS, anonymous=True),
    "one": lambda: render_class_page(samples.members(1), None),
    "nobody": lambda: render_class_page([], None),
}
NOTHING = "\N{EN DASH}"
ASCENDING, DESCENDING = "ascending", "descending"


@pytest.fixture(scope="module")
def opened(visitor: Visitor) -> Callable[[str], Visit]:
    return cache(lambda kind: visitor.open(PAGES[kind]()))


@pytest.fixture(scope="module")
def hostile(visitor: Visitor) -> Visit:
    reports = [samples.hostile(one, first) for first, one in enumerate(samples.members(14))]
    similar = {reports[0].submission.id: [report.submission.id for report in reports[1:3]]}
    return visitor.open(render_class_page(reports, samples.SIGNS, similar=similar))


@pytest.fixture
def page(opened: Callable[[str], Visit]) -> Page:
    visit = opened("class")
    visit.page.reload()
    return visit.look()


@pytest.mark.parametrize("check", checks.SOUND, ids=lambda check: check.__name__)
@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_wrong_with_it(
    opened: Callable[[str], Visit], kind: str, check: checks.Check
) -> None:
    assert check(opened(kind)) == []


@pytest.mark.parametrize("kind", PAGES)
def test_it_opens_without_a_sound(opened: Callable[[str], Visit], kind: str) -> None:
    visit = opened(kind)
    assert visit.page.locator("h1").is_visible()
    assert visit.troubles == []


def column(page: Page, name: str) -> list[str]:
    """Return what stands in the visible rows of a column, from above."""
    heads = [text.strip() for text in page.locator("#submissions thead th").all_inner_texts()]
    rows = page.locator("#submissions tbody tr:visible").all()
    cells = [row.locator("th, td").nth(heads.index(name)) for row in rows]
    return [cell.inner_text().strip() for cell in cells]


def button(page: Page, name: str) -> Locator:
    """Return a button; an arrow may follow its name."""
    return page.get_by_role("button", name=re.compile(rf"^{name}\b"))


def head(page: Page, name: str) -> Locator:
    return page.locator("#submissions thead th").filter(has=button(page, name))


def numbers(texts: list[str]) -> list[float]:
    return [float(text) for text in texts if text != NOTHING]


def press(page: Page, name: str) -> None:
    button(page, name).click()


def test_it_begins_with_the_best(page: Page) -> None:
    grades = numbers(column(page, "Grade"))
    assert len(set(grades)) > 10
    assert grades == sorted(grades, reverse=True)


def test_a_click_on_a_header_sorts_and_another_turns_it_round(page: Page) -> None:
    press(page, "Score")
    best_first = column(page, "Score")
    assert head(page, "Score").get_attribute("aria-sort") == DESCENDING
    press(page, "Score")
    best_last = column(page, "Score")
    assert head(page, "Score").get_attribute("aria-sort") == ASCENDING
    assert numbers(best_first) == sorted(numbers(best_first), reverse=True)
    assert numbers(best_last) == sorted(numbers(best_last))
    # Who has no score yet stands last either way.
    assert best_first[-1] == best_last[-1] == NOTHING


def test_names_sort_by_the_alphabet(page: Page) -> None:
    press(page, "Submission")
    assert column(page, "Submission") == [f"student-{number:04}" for number in range(30)]


def test_only_one_header_says_that_it_sorts(page: Page) -> None:
    press(page, "Name")
    assert page.locator("#submissions th[aria-sort]").all_inner_texts() == ["Name"]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_headers_work_by_keyboard_too(page: Page, key: str) -> None:
    page.locator(".filters button").focus()
    page.keyboard.press("Tab")  # the box that scrolls
    page.keyboard.press("Tab")
    page.keyboard.press(key)
    assert column(page, "Submission") == [f"student-{number:04}" for number in range(30)]


def test_whoever_tabs_sees_where_they_are(page: Page) -> None:
    page.locator(".filters button").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    outlined = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    assert outlined != "none"


def test_rows_keep_their_links_when_sorted(page: Page) -> None:
    press(page, "Submission")
    press(page, "Submission")
    link = page.locator("#submissions tbody tr").first.locator("a")
    assert link.inner_text() == "student-0029"
    assert link.get_attribute("href") == "submissions/student-0029/report.html"


def test_typing_finds_submissions(page: Page) -> None:
    page.get_by_label("Find").press_sequentially("ADA number 1")
    assert column(page, "Name") == ["Ada Number 16", "Ada Number 12"]
    assert page.locator(".filters output").inner_text() == "2 of 30 shown"
    assert page.locator(".filters output").get_attribute("aria-live") == "polite"


def test_filters_add_up_and_are_cleared_together(page: Page) -> None:
    page.get_by_label("Flag").select_option("late")
    late = column(page, "Name")
    page.get_by_label("Verdict").select_option("REJECTED")
    assert set(column(page, "Verdict")) <= {"REJECTED"}
    assert len(late) > len(column(page, "Verdict"))
    press(page, "Clear")
    expect(page.locator(".filters output")).to_have_text("30 of 30 shown")
    assert len(column(page, "Name")) == 30


def test_verdicts_can_be_picked_by_keyboard(page: Page) -> None:
    page.get_by_label("Find").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("REJ")
    assert column(page, "Verdict") == ["REJECTED"] * 2


def test_what_was_filtered_stays_so_when_sorted(page: Page) -> None:
    page.get_by_label("Find").fill("grace")
    press(page, "Submission")
    names = column(page, "Name")
    assert len(names) == 8
    assert all("Grace" in name for name in names)


def test_a_reason_to_look_leads_to_the_rows_it_is_about(page: Page) -> None:
    page.locator("[data-filter]", has_text="borderline").first.click()
    flags = column(page, "Flags")
    assert flags
    assert all("borderline" in flag for flag in flags)


def test_without_scripts_it_is_still_a_table(visitor: Visitor) -> None:
    with visitor.open(PAGES["class"](), scripts=False) as visit:
        assert column(visit.page, "Name")[0] == "Grace Number 29"
        assert len(column(visit.page, "Name")) == 30
        assert not visit.page.locator(".filters").is_visible()
        assert visit.page.locator("thead button").count() == 0
        assert visit.troubles == []


def test_the_leaderboard_names_nobody(opened: Callable[[str], Visit]) -> None:
    page = opened("leaderboard").page
    content = page.content()
    assert "Ada" not in content
    assert "student-0" not in content
    assert not page.locator("a[href*='report.html']").count()


def test_the_leaderboard_is_sorted_by_a_click(opened: Callable[[str], Visit]) -> None:
    page = opened("leaderboard").look()
    press(page, "Score")
    press(page, "Score")
    scores = numbers(column(page, "Score"))
    assert len(set(scores)) > 10
    assert scores == sorted(scores)


@pytest.mark.parametrize("check", checks.SAFE, ids=lambda check: check.__name__)
def test_hostile_texts_break_nothing(hostile: Visit, check: checks.Check) -> None:
    assert check(hostile) == []


def test_nothing_hostile_runs(hostile: Visit) -> None:
    for text in samples.HOSTILE:
        hostile.page.get_by_label("Find").fill(text[:200])
    hostile.page.get_by_label("Find").fill("")
    samples.provoke(hostile)
    assert not samples.ran(hostile)
    assert hostile.troubles == []


def test_hostile_names_are_found_and_sorted_like_others(hostile: Visit) -> None:
    hostile.page.reload()
    page = hostile.look()
    press(page, "Submission")
    assert len(column(page, "Submission")) == 14
    page.get_by_label("Find").fill("<script>window.ran")
    assert 0 < len(column(page, "Submission")) < 14


def test_a_thousand_submissions_open_and_sort(visitor: Visitor) -> None:
    with visitor.open(render_class_page(samples.members(1000), None)) as visit:
        press(visit.page, "Submission")
        first = visit.page.locator("#submissions tbody th").all_inner_texts()
        assert first == [f"student-{number:04}" for number in range(1000)]
        assert visit.troubles == []
