"""What comes in while others wait: a job's progress, a browser's requests, a server's answers."""

from __future__ import annotations

import dataclasses
import hashlib
import http.client
import io
import json
import os
import sys
import urllib.error
import urllib.request
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from hypothesis import strategies as st

from autograder.ci.metadata import Metadata, load_metadata
from autograder.downloads import Download, FetchError, fetch, is_there
from autograder.errors import IntakeError
from autograder.jobs import Progress
from autograder.outputs import remove_folder
from autograder.watch_server import Answer, Site
from autograder.watchdog import ProcessState
from autograder.watching import BatchState, Watching
from tests.fuzz.campaign import fuzz
from tests.fuzz.mutations import ODD_NUMBERS, bend_bytes, bend_text, bent_json, grown, texts
from tests.fuzz.samples import history_files
from tests.sample_reports import SUBMISSION, report
from tests.test_ci_metadata import DOCUMENT

STEPS = st.integers(-3, 99) | st.sampled_from([n for n in ODD_NUMBERS if isinstance(n, int)])


@fuzz(st.lists(st.tuples(STEPS, STEPS, history_files(), st.floats(0, 1e9)), max_size=4), share=0.5)
def test_batch_as_it_goes_on(hostile: list[tuple[int, int, bytes, float]]) -> BatchState:
    now = [0.0]
    watching = Watching([SUBMISSION], 1, lambda: now[0])
    watching.stage("ada", "training")
    for step, steps, history, passed_s in hostile:
        now[0] += passed_s
        watching.progress("ada", Progress(step, steps, history))

    state = watching.state()

    text = json.dumps(dataclasses.asdict(state), allow_nan=False)
    assert len(text) < 20_000
    [running] = state.running
    assert 0 <= running.step <= running.steps < 2**54  # what a browser counts exactly
    assert state.left.isprintable()
    return state


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@fuzz(st.binary(max_size=15) | texts().map(lambda text: text.encode("utf-8", "replace")[:15]))
def test_name_of_a_process(hostile: bytes) -> ProcessState | None:
    """A job calls itself what it likes, brackets and line ends included."""
    own = Path("/proc/self/comm")
    before = own.read_bytes().rstrip(b"\n")
    try:
        own.write_bytes(hostile or b" ")
        state = ProcessState.read(os.getpid())
    finally:
        own.write_bytes(before)

    assert state is not None
    assert not state.headless
    assert not state.stopped
    assert state.cpu_s > 0
    assert 1 <= state.threads < 1000
    assert 1 << 20 < state.memory < 1 << 40
    return state


PATHS = (
    "/", "//", "..", "%2e%2e", "%2F", "%00", "%ff", "?", "#", "\\", "%", "state.json", "index.html",
    "similar.html", "submissions/ada/report.html", "report.json", "../../secret",
)  # fmt: skip


def targets() -> st.SearchStrategy[str]:
    start = "/TOKEN/submissions/ada/report.html"
    return grown(lambda random, n: bend_text(random, random.choice([start, "/TOKEN/"]), PATHS, n))


@fuzz(targets() | texts())
def test_request(hostile: str, folder: Path) -> Answer:
    """A request gets what is there for everyone who knows the token, or nothing."""
    (folder / "secret").write_bytes(b"SECRET")
    out = folder / "out"
    (out / "submissions" / "ada").mkdir(parents=True, exist_ok=True)
    (out / "submissions" / "ada" / "report.json").write_bytes(b"SECRET")
    (out / "submissions" / "ada" / "report.html").write_bytes(b"page")
    watching = Watching([SUBMISSION], 1)
    watching.finished(report(), cached=False)
    site = Site(watching, "Signs", out, lambda reports: b"so far")
    # As http.server hands it on.
    target = hostile.encode("utf-8", "surrogatepass").decode("latin-1")

    answer = site.answer(target.replace("TOKEN", site.token))

    assert b"SECRET" not in answer.body
    assert answer.status in {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.PERMANENT_REDIRECT}
    if "TOKEN" not in target:
        assert answer.status is HTTPStatus.NOT_FOUND
    assert "\n" not in answer.location
    return answer


@fuzz(texts(), share=0.2)
def test_live_page(hostile: str, folder: Path) -> bytes:
    site = Site(Watching([SUBMISSION], 1), hostile, folder, lambda reports: b"")
    page = site.answer(f"/{site.token}/").body
    plain = Site(Watching([SUBMISSION], 1), "Signs", folder, lambda reports: b"")
    assert elements(page) == elements(plain.answer(f"/{plain.token}/").body)
    return page


def elements(page: bytes) -> list[tuple[str, list[str]]]:
    found = BeautifulSoup(page.decode(), "html.parser").find_all()
    return [(tag.name, sorted(tag.attrs)) for tag in found]


@fuzz(bent_json(DOCUMENT, ("2027-02-30T00:00:00Z", 1, "s7")), raises=(IntakeError,))
def test_metadata_of_gradescope(hostile: bytes, folder: Path) -> Metadata:
    path = folder / "submission_metadata.json"
    path.write_bytes(hostile)

    metadata = load_metadata(path)

    known = metadata.identified(SUBMISSION)
    assert known.id == SUBMISSION.id
    assert report(submission=known).late.points >= 0
    return metadata


FILE = bytes(range(256)) * 40
WANTED = Download("x.zip", len(FILE), hashlib.md5(FILE, usedforsecurity=False).hexdigest())


@dataclasses.dataclass(frozen=True)
class Served:
    """What a server answers, one after the other."""

    before: bytes
    answers: tuple[tuple[int, str | None, bytes], ...]


def servers() -> st.SearchStrategy[Served]:
    def bend(random: Random, changes: int) -> Served:
        answers = [_answer(random) for _ in range(2 * changes)]
        before = random.choice([b"", b"", FILE[:3000], bend_bytes(random, FILE[:3000], (), 1)])
        return Served(before, tuple(answers))

    return grown(bend)


def _answer(random: Random) -> tuple[int, str | None, bytes]:
    body = random.choice([FILE, FILE, FILE[3000:], FILE[:5000], FILE + b"x", b""])
    length = random.choice([None, str(len(body)), "-1", "9" * 5000, "²", "1e9", "٣", ""])
    status = random.choice([200, 200, 206, 206, 204, 302, 403, 404, 416, 500, 503])
    return status, length, bend_bytes(random, body, (), 1) if random.random() < 0.1 else body


class Response(io.BytesIO):
    """As `urllib` returns it."""

    url = "http://x.example/x.zip"

    def __init__(self, status: int, length: str | None, body: bytes) -> None:
        super().__init__(body)
        self.status = status
        self.headers = Message()
        if length is not None:
            self.headers["Content-Length"] = length


@fuzz(servers(), raises=(FetchError,), share=0.5)
def test_answers_of_a_server(hostile: Served, folder: Path) -> Path:
    place = folder / "fetched"
    place.mkdir()
    if hostile.before:
        (place / "x.zip.part").write_bytes(hostile.before)
    waiting = list(hostile.answers)

    def answer(request: urllib.request.Request, timeout: float) -> Response:
        if not waiting:
            raise http.client.IncompleteRead(b"")
        status, length, body = waiting.pop(0)
        if status >= 400:
            raise urllib.error.HTTPError(request.full_url, status, "why", Message(), None)
        return Response(status, length, body)

    try:
        with patch("urllib.request.urlopen", answer):
            path = fetch(WANTED, "http://x.example", place, wait_s=0)
        assert path.read_bytes() == FILE
        assert is_there(WANTED, place)
        return path
    finally:
        remove_folder(place)
