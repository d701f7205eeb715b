"""One Chromium for all tests of pages, and pages opened in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visits import Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a Chromium with an empty profile; skip the test where there is none."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    # Root cannot use Chromium's own sandbox; the pages are ours.
    ordinary = hasattr(os, "getuid") and os.getuid() != 0
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=executable, chromium_sandbox=ordinary, args=FLAGS
        ) as opened,
    ):
        yield opened


# Of the package, not of the session: while Playwright runs, other tests cannot use asyncio.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def visitor(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Opens pages; they stay open until the end of the file."""
    folder: Path = tmp_path_factory.mktemp("pages")
    opened = Visitor(browser, folder)
    yield opened
    opened.close()
