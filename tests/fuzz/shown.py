"""Whatever came of a submission can be written down, read back and shown."""

from __future__ import annotations

import io
import re

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from rich.console import Console

from autograder.gradebook import COLUMNS, _row
from autograder.models import Finding
from autograder.outcome import Outcome
from autograder.pages.class_page import render_class_page
from autograder.pages.student import render_student_page
from autograder.reports.build import build_report
from autograder.reports.feedback import render_feedback
from autograder.reports.report import Report
from autograder.view import BatchView, show_batch, show_findings, show_learning_curve
from tests import fakes
from tests.sample_reports import context

_MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
_ACTIVE = {"link_open", "image", "html_inline", "html_block"}
# Whatever a terminal could take for a command; the line ends are ours.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff]")


def assert_printable(finding: Finding) -> None:
    """Assert that a finding of ours says something, in words that any terminal can show."""
    assert finding.message
    place = str(finding.location or "")
    assert (finding.rule + finding.message + finding.hint + place).replace("\n", "").isprintable()
    assert len(finding.message) + len(finding.hint) < 2000


def assert_presentable(outcome: Outcome) -> None:
    """Assert that a report of an outcome is valid and harmless wherever it is shown."""
    report = build_report(fakes.submission(), outcome, context(config=fakes.CONFIG))
    assert Report.from_json(report.to_json()) == report
    assert_report_shown(report)
    console = Console(file=io.StringIO(), width=100)
    show_findings(console, outcome.findings)
    show_learning_curve(console, outcome.history)
    assert_harmless_on_terminal(console)


def assert_pages_shown(report: Report) -> None:
    """Assert that the pages made of a report can be made, and are harmless."""
    assert_no_markup_of_others(render_student_page(report, None, None, report.note))
    assert_no_markup_of_others(render_class_page([report], None))


def assert_no_markup_of_others(page: str) -> None:
    """Assert that a page can be stored, and has no element or address that is not ours."""
    page.encode()
    found = BeautifulSoup(page, "html.parser")
    assert len(found.find_all("script")) <= 2  # of the class page: what it does, and with what
    assert not found.find_all(["iframe", "object", "embed", "link", "base"])
    addresses = [tag.get("href") or tag.get("src") for tag in found.find_all(href=True)]
    starts = ("#", "data:image/", "submissions/", "similar.html", "index.html")
    assert all(str(address).startswith(starts) for address in addresses)


def assert_report_shown(report: Report) -> None:
    """Assert that every page made of a report can be made, and is harmless."""
    assert_inert(render_feedback(report))
    assert len(_row(report, ())) == len(COLUMNS)
    console = Console(file=io.StringIO(), width=100)
    with BatchView(console, 1) as view:
        view.finished(report, cached=False)
    show_batch(console, [report])
    assert_harmless_on_terminal(console)


def assert_inert(markdown: str) -> None:
    """Assert that Markdown holds no HTML, link or image, nor what a terminal or a log obeys."""
    for token in _MARKDOWN.parse(markdown):
        for part in (token, *(token.children or [])):
            assert part.type not in _ACTIVE, part
    assert not _CONTROL.search(markdown)
    assert not re.search(r"^\s*::|##\w*\[", markdown, re.MULTILINE)


def assert_harmless_on_terminal(console: Console) -> None:
    assert isinstance(console.file, io.StringIO)
    assert not _CONTROL.search(console.file.getvalue())
