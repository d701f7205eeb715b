"""The page that shows a batch while it runs, opened as those who grade open it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from autograder.jobs import Progress
from autograder.models import Submission
from autograder.pages.class_page import render_class_page
from autograder.pages.student import render_student_page
from autograder.reports.report import Report
from autograder.watch_server import LivePage, Site
from autograder.watching import Watching
from tests import sample_reports
from tests.browser import checks, samples
from tests.browser.visits import Visit, Visitor

HISTORY = b"".join(
    json.dumps(
        {
            "epoch": epoch,
            "step": 10 * epoch,
            "loss": 2 / epoch,
            "accuracy": 1 - 0.8 / epoch,
            "validation_loss": 2.5 / epoch,
            "validation_accuracy": 1 - 0.9 / epoch,
        }
    ).encode()
    + b"\n"
    for epoch in range(1, 8)
)
REPORTS = samples.members(12)


@dataclass(frozen=True)
class Batch:
    """A batch that goes on as a test says, and the page that shows it."""

    watching: Watching
    out: Path
    address: str

    def train(self, report: Report) -> None:
        """Let one train."""
        self.watching.stage(report.submission.id, "training")
        self.watching.progress(report.submission.id, Progress(70, 240, HISTORY))

    def finish(self, report: Report) -> None:
        """Let one end."""
        folder = self.out / "submissions" / report.submission.id
        if len(report.submission.id) < 100 and "/" not in report.submission.id:
            folder.mkdir(parents=True)
            page = render_student_page(report, None, None, samples.HOSTILE[0])
            (folder / "report.html").write_text(page, encoding="utf-8")
        self.watching.finished(report, cached=False)

    def end(self) -> None:
        """Let all end."""
        page = render_class_page(self.watching.reports(), None)
        (self.out / "index.html").write_text(page, encoding="utf-8")
        self.watching.end()


def submission(report: Report) -> Submission:
    part = report.submission
    return replace(sample_reports.SUBMISSION, id=part.id, name=part.name)


def served(reports: list[Report], out: Path, title: str = "Road signs") -> Iterator[Batch]:
    watching = Watching([submission(report) for report in reports], 2)
    site = Site(watching, title, out, lambda found: render_class_page(found, None).encode())
    with LivePage(site) as page:
        yield Batch(watching, out, page.address)
        site.asked_at = float("-inf")  # or it waits for the page to hear of the end


@pytest.fixture
def batch(tmp_path: Path) -> Iterator[Batch]:
    yield from served(REPORTS, tmp_path)


@pytest.fixture
def visit(batch: Batch, visitor: Visitor) -> Iterator[Visit]:
    with visitor.go(batch.address) as opened:
        yield opened


def test_it_shows_how_far_a_training_is_and_its_curves(batch: Batch, visit: Visit) -> None:
    expect(visit.page.locator("#done")).to_have_text("0 of 12")
    batch.train(REPORTS[0])
    card = visit.page.locator("#cards li")
    expect(card.locator(".id")).to_have_text(REPORTS[0].submission.id)
    expect(card.locator(".steps")).to_contain_text("step 70 of 240")
    assert (card.locator("path.training").first.get_attribute("d") or "").count("L") == 6
    assert visit.troubles == []


def test_it_looks_right_in_all_lights(batch: Batch, visit: Visit) -> None:
    for report in REPORTS[:3]:
        batch.train(report)
    batch.finish(REPORTS[0])
    batch.finish(REPORTS[5])
    expect(visit.page.locator("#latest li")).to_have_count(2)
    expect(visit.page.frame_locator("#frame").locator("#submissions")).to_be_visible()
    for check in checks.ON_SCREENS:
        assert check(visit) == []
    assert visit.troubles == []


def test_the_class_so_far_grows_and_can_be_sorted(batch: Batch, visit: Visit) -> None:
    batch.finish(REPORTS[0])
    rows = visit.page.frame_locator("#frame").locator("#submissions tbody tr")
    expect(rows).to_have_count(1)
    button = visit.page.frame_locator("#frame").get_by_role("button", name="Score")
    button.click()
    batch.finish(REPORTS[1])
    # Who sorts is not disturbed, but told.
    expect(visit.page.locator("#refresh")).to_have_text("Show 1 newer result")
    expect(rows).to_have_count(1)
    visit.page.locator("#refresh").press("Enter")
    expect(rows).to_have_count(2)
    assert visit.troubles == []


def test_a_report_opens_from_it_in_a_window_of_its_own(batch: Batch, visit: Visit) -> None:
    batch.finish(REPORTS[0])
    with visit.page.expect_popup() as opened:
        visit.page.locator("#latest a").click()
    expect(opened.value.locator("h1")).to_contain_text(REPORTS[0].submission.name)
    opened.value.close()


def test_it_says_when_all_is_over_and_asks_no_more(batch: Batch, visit: Visit) -> None:
    for report in REPORTS:
        batch.finish(report)
    batch.end()
    expect(visit.page.locator("#over")).to_be_visible()
    expect(visit.page.locator("#done")).to_have_text("12 of 12")
    rows = visit.page.frame_locator("#frame").locator("#submissions tbody tr")
    expect(rows).to_have_count(12)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.wait_for_timeout(1500)
    assert [url for url in asked if url.endswith("state.json")] == []


def test_hostile_names_do_nothing(tmp_path: Path, visitor: Visitor) -> None:
    reports = [samples.hostile(one, first) for first, one in enumerate(samples.members(12))]
    for batch in served(reports, tmp_path, samples.HOSTILE[0]):
        for report in reports[:6]:
            batch.train(report)
        for report in reports[6:]:
            batch.finish(report)
        with visitor.go(batch.address) as visit:
            expect(visit.page.locator("#cards li")).to_have_count(6)
            expect(visit.page.frame_locator("#frame").locator("#submissions")).to_be_visible()
            for check in checks.ON_SCREENS:
                assert check(visit) == []
            assert not samples.ran(visit)
            assert visit.troubles == []
