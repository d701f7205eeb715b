"""The page of submissions that are alike, opened as graders open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from autograder.models import SourceFile
from autograder.pages.similar_page import render_similar_page
from autograder.similarity import Similarity, Work, compare
from tests.browser import checks, samples
from tests.browser.visits import Visit, Visitor
from tests.works import INDEPENDENT, LIST

CODE = f'''{LIST}
# {" ".join(samples.HOSTILE[:8])}
TEXT = """{" ".join(text for text in samples.HOSTILE if chr(0) not in text)}"""
'''


def work(number: int, text: str) -> Work:
    return Work(
        f"student-{number:04}",
        f"s{number:04}",
        (SourceFile("submission.py", text, "submission.py"),),
        "a" * 64 if number < 2 else None,
    )


def page(texts: list[str]) -> str:
    works = [work(number, text) for number, text in enumerate(texts)]
    return render_similar_page(compare(works), works, samples.members(len(texts)))


PAGES: dict[str, Callable[[], str]] = {
    "alike": lambda: page([LIST, LIST, *INDEPENDENT.values()]),
    "nobody": lambda: render_similar_page(Similarity(0, ()), (), ()),
}


@pytest.fixture(scope="module")
def opened(visitor: Visitor) -> Callable[[str], Visit]:
    return cache(lambda kind: visitor.open(PAGES[kind]()))


@pytest.fixture(scope="module")
def hostile(visitor: Visitor) -> Visit:
    reports = [samples.hostile(one, first) for first, one in enumerate(samples.members(4))]
    works = [
        Work(
            report.submission.id,
            report.submission.student_id,
            (SourceFile(samples.HOSTILE[0], CODE, samples.HOSTILE[1]),),
        )
        for report in reports
    ]
    return visitor.open(render_similar_page(compare(works), works, reports))


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


def test_passages_lead_to_each_other(opened: Callable[[str], Visit]) -> None:
    page = opened("alike").look()
    link = page.locator(".listing a").first
    other = page.locator(link.get_attribute("href") or "")
    assert other.get_attribute("href") == f"#{link.get_attribute('id')}"
    other.evaluate("one => one.closest('.listing').scrollTo(0, 1e6)")
    link.click()
    box = other.bounding_box()
    assert box
    assert 0 <= box["y"] < 900


def test_pairs_open_by_keyboard(opened: Callable[[str], Visit]) -> None:
    page = opened("alike").look()
    pair = page.locator("details.pair").first
    was_open = pair.get_attribute("open") is not None
    pair.locator("summary").focus()
    page.keyboard.press("Enter")
    assert (pair.get_attribute("open") is not None) != was_open


@pytest.mark.parametrize("check", checks.SAFE, ids=lambda check: check.__name__)
def test_hostile_code_breaks_nothing(hostile: Visit, check: checks.Check) -> None:
    assert check(hostile) == []


def test_nothing_hostile_runs(hostile: Visit) -> None:
    assert hostile.page.locator(".listing").count() > 1
    samples.provoke(hostile)
    assert not samples.ran(hostile)
    assert hostile.troubles == []
