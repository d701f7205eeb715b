"""The page that shows a batch while it runs, as whoever grades has it open."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from autograder.jobs import Progress
from autograder.models import Submission
from autograder.pages.publish import draw_class_page
from autograder.watch_server import LivePage, Site
from autograder.watching import Watching
from tests.browser import checks, samples
from tests.browser.visits import Visit, Visitor
from tests.sample_reports import REJECTED, SUBMISSION, report

HISTORY = b"".join(
    json.dumps(
        {
            "epoch": one, "step": 10 * one, "loss": 3 / one, "accuracy": 1 - 0.9 / one,
            "validation_loss": 2 / one + 0.3, "validation_accuracy": 1 - 0.8 / one,
        }
    ).encode() + b"\n"
    for one in range(1, 13)
)  # fmt: skip
FORGED = HISTORY.replace(b"0.25", b"NaN").replace(b"1.5", b"-1e308").replace(b"0.6,", b"1e308,")


class Clock:
    """Shows what it is set to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Batch:
    """Submissions that are only told of, and a page that shows them."""

    submissions: list[Submission]
    watching: Watching
    clock: Clock
    visit: Visit
    page: LivePage
    out: Path

    def finish(self, place: int) -> None:
        submission = self.submissions[place]
        graded = report(REJECTED if place == 1 else samples.FULL, submission)
        self.watching.finished(graded, cached=place == 0)

    def end(self) -> None:
        page = draw_class_page(self.out, self.watching.reports(), {})
        (self.out / "index.html").write_bytes(page)
        self.watching.end()


@pytest.fixture
def batch(visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Batch]:
    """Five submissions, two of them finished, two under way."""
    monkeypatch.setattr("autograder.watch_server._WATCHED_WITHIN_S", -1.0)  # no farewell
    submissions = [
        dataclasses.replace(SUBMISSION, id=f"{place}-{'long-' * 12}id", name=name)
        for place, name in enumerate(
            ("Ada", samples.HOSTILE[0], *samples.HOSTILE[1:3], "x" * 10_000)
        )
    ]
    clock = Clock()
    watching = Watching(submissions, 2, clock)
    site = Site(
        watching,
        samples.HOSTILE[0],
        tmp_path,
        lambda reports: draw_class_page(tmp_path, reports, {}),
    )
    for place, history in ((2, HISTORY), (3, FORGED)):
        watching.stage(submissions[place].id, "training")
        watching.progress(submissions[place].id, Progress(1, 240, b""))
        clock.now += 60
        watching.progress(submissions[place].id, Progress(120, 240, history))
    with LivePage(site) as page, visitor.go(page.address, home=page.address) as visit:
        told = Batch(submissions, watching, clock, visit, page, tmp_path)
        told.finish(0)
        told.finish(1)
        yield told


def test_nothing_is_wrong_with_it(batch: Batch) -> None:
    page = batch.visit.look()
    expect(page.locator(".cards > li")).to_have_count(2)
    expect(page.locator("#latest li")).to_have_count(2)
    expect(page.frame_locator("#frame").locator("#submissions tbody tr")).to_have_count(2)
    for check in checks.SAFE:
        if check is not checks.foreign:  # the frame is our own
            assert check(batch.visit) == []
    assert batch.visit.troubles == []
    assert not samples.ran(batch.visit)


def test_it_shows_how_far_each_training_is(batch: Batch) -> None:
    page = batch.visit.look()
    expect(page.locator(".cards > li")).to_have_count(2)
    honest, forged = page.locator(".cards > li").all()
    expect(honest.locator(".steps")).to_have_text(
        "step 120 of 240 · about 2 min left of this training"
    )
    expect(honest.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
    expect(honest.locator("b.validation").first).to_have_text("0.467")
    for card in (honest, forged):
        for path in card.locator("path").all():
            drawn = path.get_attribute("d") or ""
            assert drawn.startswith("M")
            assert "NaN" not in drawn
            assert "e" not in drawn
    expect(page.locator("#done")).to_have_text("2 of 5")
    expect(page.locator("#left")).to_have_text("about 5 min left")


def test_it_follows_the_batch_to_its_end(batch: Batch) -> None:
    page = batch.visit.look()
    lines = page.frame_locator("#frame").locator("#submissions tbody tr")
    expect(lines).to_have_count(2)
    for place in (2, 3, 4):
        batch.finish(place)
    expect(page.locator("#done")).to_have_text("5 of 5")
    expect(page.locator("#under-way")).to_be_hidden()
    expect(page.locator("#over")).to_be_hidden()
    batch.end()
    expect(page.locator("#over")).to_be_visible()
    expect(page.locator("#over")).to_contain_text(str(batch.out / "index.html"))
    expect(lines).to_have_count(5)
    assert batch.visit.troubles == []


def test_who_sorts_the_class_is_not_disturbed(batch: Batch) -> None:
    page = batch.visit.look()
    inside = page.frame_locator("#frame")
    lines = inside.locator("#submissions tbody tr")
    expect(lines).to_have_count(2)
    inside.locator(".filters input").first.fill("ada")
    batch.finish(2)
    expect(page.locator("#refresh")).to_have_text("Show 1 newer result")
    expect(lines).to_have_count(2)
    page.locator("#refresh").click()
    expect(lines).to_have_count(3)
    expect(page.locator("#refresh")).to_be_hidden()


def test_it_says_when_there_is_no_answer_any_more(batch: Batch) -> None:
    page = batch.visit.look()
    expect(page.locator("#done")).to_have_text("2 of 5")
    batch.page.__exit__(None, None, None)
    expect(page.locator("#gone")).to_be_visible()
    expect(page.locator("#done")).to_have_text("2 of 5")


def test_a_report_opens_beside_it_and_runs_no_script(batch: Batch) -> None:
    page = batch.visit.look()
    folder = batch.out / "submissions" / batch.submissions[1].id
    folder.mkdir(parents=True)
    script = "<h1>before</h1><script>document.querySelector('h1').textContent = 'after'</script>"
    (folder / "report.html").write_text(script, encoding="utf-8")
    for links in (page.locator("#latest a"), page.frame_locator("#frame").locator("td a, th a")):
        with page.expect_popup() as opened:
            links.filter(has_text=batch.submissions[1].id).first.click()
        expect(opened.value.locator("h1")).to_have_text("before")
        opened.value.close()
