"""What can be wrong with a page that is open; each check returns sentences, none where all is well.

axe-core knows most rules of accessibility; ``checks.js`` what it leaves out.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, PdfMargins
from pypdf import PdfReader

from tests.browser.visits import DESKTOP, PHONE, Visit

Check = Callable[[Visit], list[str]]

SOURCE = Path(__file__).with_name("checks.js").read_text(encoding="utf-8").strip()
# A4 within margins of 1 cm, in CSS pixels of 1/96 inch.
PAPER_WIDTH, PAPER_HEIGHT = 718, 1047
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def call(page: Page, check: str, *arguments: Any) -> list[str]:
    """Run one function of checks.js in the page."""
    given = ", ".join(map(json.dumps, arguments))
    # The first line is a comment, and an expression must not begin with one.
    found: list[str] = page.evaluate(f"(\n{SOURCE}\n).{check}({given})")
    return found


def overflowing(visit: Visit) -> list[str]:
    """Find what sticks out of a telephone or of a large screen."""
    return [
        f"{width} px: {found}"
        for width in (PHONE, DESKTOP)
        for found in call(visit.look(width=width), "overflow", False)
    ]


def overflowing_in_print(visit: Visit) -> list[str]:
    """Find what sticks out of the paper."""
    return call(visit.look(width=PAPER_WIDTH, printed=True), "overflow", True)


def faint_by_day(visit: Visit) -> list[str]:
    """Find text that can hardly be read in light mode."""
    return call(visit.look(scheme="light"), "contrast")


def faint_by_night(visit: Visit) -> list[str]:
    """Find text that can hardly be read in dark mode."""
    return call(visit.look(scheme="dark"), "contrast")


def inaccessible(visit: Visit) -> list[str]:
    """Find what axe-core has to say."""
    page = visit.look()
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}: {node['html'][:200]}"
        for rule in violations
        for node in rule["nodes"]
    ]


def untold(visit: Visit) -> list[str]:
    """Find what those miss who listen to the page: order, words for pictures, headers."""
    page = visit.look()
    found = [
        fault for check in ("headings", "alternatives", "tables") for fault in call(page, check)
    ]
    return found if page.locator("html").get_attribute("lang") else [*found, "no lang"]


def foreign(visit: Visit) -> list[str]:
    """Find what the page would load from elsewhere, and code that stands in attributes."""
    return call(visit.look(), "outside")


def cut_in_print(visit: Visit) -> list[str]:
    """Find parts that must stay whole, but do not on paper. Marks the page: the last check."""
    page = visit.look(width=PAPER_WIDTH, printed=True)
    found = [f"too high: {part}" for part in call(page, "tooHigh", PAPER_HEIGHT)]
    parts = call(page, "mark")
    margins: PdfMargins = {"top": "1cm", "right": "1cm", "bottom": "1cm", "left": "1cm"}
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4", margin=margins))).pages
    where = {
        mark: number
        for number, sheet in enumerate(sheets, 1)
        for mark in re.findall(r"\[((?:top|bottom)\d+)\]", sheet.extract_text())
    }
    for number, part in enumerate(parts):
        top, bottom = where.get(f"top{number}"), where.get(f"bottom{number}")
        if top is None or top != bottom:
            found.append(f"from sheet {top} to {bottom}: {part}")
    return found


ON_SCREENS: tuple[Check, ...] = (
    overflowing, faint_by_day, faint_by_night, inaccessible, untold,
)  # fmt: skip
# What holds for a page whatever its texts; of a page with reasonable texts, nothing is cut either.
SAFE: tuple[Check, ...] = (*ON_SCREENS, overflowing_in_print, foreign)
SOUND: tuple[Check, ...] = (*SAFE, cut_in_print)
