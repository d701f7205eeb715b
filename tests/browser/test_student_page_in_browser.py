"""The student's report, opened as students open it: on telephones, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from autograder.evidence import Evidence
from autograder.models import Finding, Verdict
from autograder.outcome import Outcome
from autograder.pages.student import render_student_page
from tests import sample_reports
from tests.browser import checks, samples
from tests.browser.visits import Visit, Visitor

LOG = "Epoch 1/24: loss 2.3\n" * 60
FAILED = Outcome(
    Verdict.RUNTIME_ERROR,
    (Finding("runtime-error", "Traceback:\n  File submission.py\nValueError", "Mend it."),),
)
PAGES: dict[str, Callable[[], str]] = {
    "graded": lambda: render_student_page(samples.report(), samples.evidence(), samples.SIGNS, LOG),
    "no pictures": lambda: render_student_page(samples.report(), None, None, ""),
    "short": lambda: render_student_page(sample_reports.report(), Evidence(), None, ""),
    "rejected": lambda: render_student_page(
        sample_reports.report(sample_reports.REJECTED), None, samples.SIGNS, ""
    ),
    "failed": lambda: render_student_page(sample_reports.report(FAILED), None, None, LOG),
    "our fault": lambda: render_student_page(
        sample_reports.report(Outcome(Verdict.INTERNAL_ERROR)), None, None, ""
    ),
}


@pytest.fixture(scope="module")
def opened(visitor: Visitor) -> Callable[[str], Visit]:
    return cache(lambda kind: visitor.open(PAGES[kind]()))


@pytest.fixture(scope="module")
def hostile(visitor: Visitor) -> Visit:
    report = samples.hostile(samples.report())
    log = "\n".join(samples.HOSTILE)
    evidence = samples.evidence(samples.HOSTILE[0])
    return visitor.open(render_student_page(report, evidence, samples.SIGNS, log))


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


def test_it_needs_no_script(visitor: Visitor, opened: Callable[[str], Visit]) -> None:
    html = PAGES["graded"]()
    with visitor.open(html, scripts=False) as without, visitor.open(html) as with_scripts:
        text = without.page.inner_text("main")
        assert text == with_scripts.page.inner_text("main")
    assert "Signs are recognised" in text


@pytest.mark.parametrize("check", checks.SAFE, ids=lambda check: check.__name__)
def test_hostile_texts_break_nothing(hostile: Visit, check: checks.Check) -> None:
    assert check(hostile) == []


def test_nothing_hostile_runs(hostile: Visit) -> None:
    samples.provoke(hostile)
    assert not samples.ran(hostile)
    assert hostile.troubles == []


def test_templates_in_texts_stay_as_they_are(hostile: Visit) -> None:
    text = hostile.page.inner_text("main")
    assert "{{ 7 * 191 }}" in text
    assert "1337" not in text.replace("%}1337{%", "")


def test_nobody_turns_the_direction_of_the_page(hostile: Visit) -> None:
    text = hostile.page.locator("html").inner_html()
    assert not set("\u202e\u2066\u2067\u2068\u202a\u202b\u202d\x1b\x00\x07") & set(text)
