"""A page opened in the browser as a reader opens it, and everything that it does there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

Scheme = Literal["light", "dark"]
PHONE, DESKTOP = 360, 1440
PATIENCE_MS = 10_000
INNOCENT = ("data:", "blob:", "about:")


@dataclass
class Visit:
    """A page that is open.

    Attributes:
        page: Playwright's.
        home: How addresses begin that it may ask for.
        troubles: What a page of ours must not do: errors and warnings on the console, uncaught
            exceptions, dialogs, windows, downloads, and requests for anything but itself.
    """

    page: Page
    home: str
    troubles: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def listen(self) -> None:
        """Write down its troubles from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"exception: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("popup", lambda popup: self.troubles.append(f"window: {popup.url}"))
        self.page.on("download", lambda file: self.troubles.append(f"download: {file.url}"))
        self.page.on("request", self._request)

    def look(
        self, *, width: int = DESKTOP, scheme: Scheme = "light", printed: bool = False
    ) -> Page:
        """Show the page to a reader with such a screen, or to a printer."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme, media="print" if printed else "screen")
        return self.page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self.troubles.append(f"console: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, *INNOCENT)):
            self.troubles.append(f"request: {request.url}")


class Visitor:
    """Opens pages."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._folder = folder
        self._written = 0
        self._contexts = {
            scripts: browser.new_context(java_script_enabled=scripts, reduced_motion="reduce")
            for scripts in (True, False)
        }

    def open(self, html: str, *, scripts: bool = True) -> Visit:
        """Write a page to a file of its own and open that."""
        self._written += 1
        path = self._folder / f"page-{self._written}.html"
        path.write_text(html, encoding="utf-8")
        return self.go(path.as_uri(), scripts=scripts)

    def go(self, address: str, *, home: str = "", scripts: bool = True) -> Visit:
        """Open an address; requests for what begins with `home` are fine."""
        visit = Visit(self._contexts[scripts].new_page(), home or address)
        visit.listen()
        visit.page.set_default_timeout(PATIENCE_MS)
        visit.page.goto(address)
        return visit

    def close(self) -> None:
        """Close whatever is open."""
        for context in self._contexts.values():
            context.close()
