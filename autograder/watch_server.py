"""The page that shows a batch while it runs: a small server on loopback, for the one who grades.

Covers: other users of the machine and other pages in the browser. It listens on loopback only;
every address holds a token that cannot be guessed; a request has to name this host, so that no
other site's name can be pointed here; nothing is stored by the browser; what students wrote is
escaped, and no script runs on their reports. Students' jobs cannot reach it: their sandbox has no
sockets. Nothing can be changed through it, and its failing changes nothing: grading goes on.

Does not cover: who can read this user's screen or terminal, and code run with ``--no-sandbox``,
which can do what this user can.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from autograder.pages.environment import template
from autograder.reports.report import Report
from autograder.watching import Watching

_LOOPBACK = "127.0.0.1"
_MOST_CONNECTIONS = 32
_CONNECTION_S = 10.0
_LONGEST_CONNECTION_S = 30.0  # however much it has to say, byte by byte
# A page asks every second; one that has not for so long is closed, or asleep.
_WATCHED_WITHIN_S = 5.0
_LONGEST_FAREWELL_S = 4.0
_LAST_LOOK_S = 1.0  # for a page that knows of the end to fetch the class page

_OURS = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
_LIVE_PAGE = (
    _OURS + "script-src 'nonce-{0}'; style-src 'nonce-{0}'; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'none'"
)
# Its own policy, inside it, names the one script that may run.
_CLASS_PAGE = (
    _OURS + "script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_WRITTEN_PAGE = _OURS + "style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
_NOTHING = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    status: HTTPStatus
    body: bytes = b""
    kind: str = "text/plain"
    policy: str = _NOTHING
    location: str = ""


class Site:
    """What there is to see, by its path: as in the results folder, below a secret token.

    Args:
        watching: Told how the batch goes on.
        title: Of the assignment.
        out: Results folder.
        class_page: Draws the page of the class from the reports so far.
    """

    def __init__(
        self,
        watching: Watching,
        title: str,
        out: Path,
        class_page: Callable[[Sequence[Report]], bytes],
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self._watching, self._title, self._out = watching, title, out
        self._class_page, self._drawing = class_page, threading.Lock()
        self._drawn: tuple[int, bytes] = (-1, b"")
        self.asked_at, self.told_the_end_at = -1e9, -1e9

    def answer(self, target: str) -> Answer:
        """Return what is at a path."""
        token, *rest = target.partition("?")[0].split("/")[1:] or [""]
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return _missing()
        return self._page(rest) or _missing()

    def _page(self, path: list[str]) -> Answer | None:
        match path:
            case []:
                return Answer(HTTPStatus.PERMANENT_REDIRECT, location=f"/{self.token}/")
            case [""]:
                return self._live_page()
            case ["state.json"]:
                return self._state()
            case ["index.html"]:
                return _html(self._page_so_far(), _CLASS_PAGE)
            case _:
                return self._written_page(path)

    def _written_page(self, path: list[str]) -> Answer | None:
        """Return a page of the results folder, unless it is of an earlier batch."""
        match [unquote(part) for part in path]:
            case ["similar.html"] if self._watching.over:
                file = self._out / "similar.html"
            case ["submissions", name, "report.html"] if self._watching.has_finished(name):
                file = self._out / "submissions" / name / "report.html"
            case _:
                return None
        try:
            return _html(file.read_bytes(), _WRITTEN_PAGE)
        except FileNotFoundError:
            return None

    def _live_page(self) -> Answer:
        nonce = secrets.token_urlsafe(16)
        page = template("live.html").render(
            nonce=nonce, title=self._title, index=str(self._out.absolute() / "index.html")
        )
        return _html(page.encode("utf-8", "replace"), _LIVE_PAGE.format(nonce))

    def _state(self) -> Answer:
        state = self._watching.state()
        self.asked_at = time.monotonic()
        if state.over:
            self.told_the_end_at = self.asked_at
        text = json.dumps(dataclasses.asdict(state), allow_nan=False)
        return Answer(HTTPStatus.OK, text.encode(), "application/json")

    def _page_so_far(self) -> bytes:
        if self._watching.over:
            return (self._out / "index.html").read_bytes()
        with self._drawing:
            reports = self._watching.reports()
            if self._drawn[0] != len(reports):
                self._drawn = (len(reports), self._class_page(reports))
            return self._drawn[1]


def _html(page: bytes, policy: str) -> Answer:
    return Answer(HTTPStatus.OK, page, "text/html", policy)


def _missing() -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, b"There is no such page (yet).\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, site: Site) -> None:
        self.site = site
        self._free = threading.Semaphore(_MOST_CONNECTIONS)
        super().__init__((_LOOPBACK, 0), _Handler)

    def server_bind(self) -> None:
        # Not HTTPServer's: that asks a name server what this host is called.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _LOOPBACK, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread can be started
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            with _hung_up_after(_LONGEST_CONNECTION_S, request):
                super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that went away is no news."""


@contextlib.contextmanager
def _hung_up_after(seconds: float, request: socket.socket) -> Iterator[None]:
    def hang_up() -> None:
        with contextlib.suppress(OSError):  # it has ended by itself
            request.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Handler(BaseHTTPRequestHandler):
    timeout = _CONNECTION_S
    server: _Server

    def do_GET(self) -> None:
        self._send(self._answer())

    def do_HEAD(self) -> None:
        self._send(self._answer())

    def _answer(self) -> Answer:
        port = self.server.server_port
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0] not in {f"{_LOOPBACK}:{port}", f"localhost:{port}"}:
            return Answer(
                HTTPStatus.MISDIRECTED_REQUEST,
                f"Only http://{_LOOPBACK}:{port} and http://localhost:{port}\n".encode(),
            )
        try:
            return self.server.site.answer(self.path)
        except Exception:  # grading goes on, and the next request may do better
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, b"This page cannot be shown now.\n")

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {
            "Content-Type": f"{answer.kind}; charset=utf-8",
            "Content-Length": str(len(answer.body)),
            "Content-Security-Policy": answer.policy,
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        if answer.location:
            headers["Location"] = answer.location
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def send_error(self, code: int, *_: object) -> None:
        """Refuse what is no request, or a method that would change something."""
        self._send(Answer(HTTPStatus(code), b"Refused.\n"))

    def version_string(self) -> str:
        return "autograder"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the terminal shows the batch."""


class LivePage:
    """Serves a site until it is left; then it stays for as long as an open page needs to hear it.

    Raises:
        OSError: No port of this machine can be listened on.
    """

    def __init__(self, site: Site) -> None:
        self._site, self._server = site, _Server(site)
        self.address = f"http://{_LOOPBACK}:{self._server.server_port}/{site.token}/"

    def __enter__(self) -> Self:
        serve = partial(self._server.serve_forever, poll_interval=0.1)
        threading.Thread(target=serve, name="live page", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            if kind is None:
                self._wait_for_a_last_look()
        self._server.shutdown()
        self._server.server_close()

    def _wait_for_a_last_look(self) -> None:
        left_at = time.monotonic()
        while self._site.asked_at > left_at - _WATCHED_WITHIN_S:
            now, told_at = time.monotonic(), self._site.told_the_end_at
            if now > left_at + _LONGEST_FAREWELL_S or (0 < told_at < now - _LAST_LOOK_S):
                break
            time.sleep(0.1)
