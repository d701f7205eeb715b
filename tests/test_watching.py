"""A batch while it runs: what is remembered of it, the time left, and who can see it how."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from autograder.jobs import Progress
from autograder.models import Submission
from autograder.reports.report import Report
from autograder.watch_server import LivePage, Site
from autograder.watching import Curves, Watching, curves_of
from tests.sample_reports import REJECTED, SUBMISSION, report

HOSTILE = "</script><script>alert(1)</script>"


class Clock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def named(*ids: str) -> list[Submission]:
    return [dataclasses.replace(SUBMISSION, id=one, name=one.title()) for one in ids]


def history(*epochs: dict[str, float]) -> bytes:
    whole = {
        "epoch": 1, "step": 10, "loss": 2.0, "accuracy": 0.4, "validation_loss": 1.9,
        "validation_accuracy": 0.5,
    }  # fmt: skip
    return b"".join(json.dumps(whole | epoch).encode() + b"\n" for epoch in epochs)


# What students' jobs say


def test_curves_hold_the_epochs_whose_lines_are_whole() -> None:
    raw = history({}, {"epoch": 2, "step": 20, "loss": 1.5}) + b'{"epoch": 3, "st'
    count, curves = curves_of(raw)
    assert count == 2
    assert curves.steps == (10, 20)
    assert curves.loss == (2.0, 1.5)


@pytest.mark.parametrize("raw", [b"", b"\n", b"x\n", b"[" * 100_000 + b"\n", b'{"epoch": 1}\n'])
def test_what_is_no_history_has_no_curves(raw: bytes) -> None:
    assert curves_of(raw) == (0, Curves())


def test_numbers_that_cannot_be_drawn_are_left_out() -> None:
    huge = history({"loss": 1e300, "accuracy": 7.0, "step": (1 << 53) - 1})
    raw = huge.replace(b'"validation_loss": 1.9', b'"validation_loss": NaN')
    raw = raw.replace(b'"validation_accuracy": 0.5', b'"validation_accuracy": -Infinity')
    _, curves = curves_of(raw)
    assert (curves.loss, curves.accuracy) == ((None,), (None,))
    assert (curves.validation_loss, curves.validation_accuracy) == ((None,), (None,))


def test_a_long_history_is_thinned_and_a_flood_cut_off() -> None:
    epochs: list[dict[str, float]] = [{"epoch": n, "step": 10 * n} for n in range(1, 1001)]
    count, curves = curves_of(history(*epochs))
    assert count == 1000
    assert 50 <= len(curves.steps) <= 100
    assert curves.steps[-1] == 10_000
    began = time.process_time()
    count, curves = curves_of(history({}) * 100_000)
    assert time.process_time() - began < 1
    assert count < 5000


@pytest.mark.parametrize(("step", "steps"), [(-1, 5), (6, 5), (0, -3), (10**50, 10**51)])
def test_progress_that_cannot_be_is_not_taken(step: int, steps: int) -> None:
    watching = Watching(named("ada"), 1)
    watching.stage("ada", "training")
    watching.progress("ada", Progress(step, steps, b""))
    (ada,) = watching.state().running
    assert (ada.step, ada.steps) == (0, 0)


# How a batch goes on


def test_a_batch_is_told_from_its_beginning_to_its_end() -> None:
    clock = Clock()
    watching = Watching(named("ada", "bob", "eve"), 1, clock)
    state = watching.state()
    assert (state.total, state.finished, state.waiting, state.left) == (3, 0, 3, "")

    watching.stage("ada", "building")
    watching.stage("ada", "training")
    watching.progress("ada", Progress(1, 101, b""))
    clock.now = 60
    watching.progress("ada", Progress(51, 101, history({})))
    state = watching.state()
    (ada,) = state.running
    assert (ada.name, ada.stage, ada.step, ada.epochs) == ("Ada", "training", 51, 1)
    assert ada.left == "about 1 min"
    assert state.left == "about 5 min"  # one more for ada, two for each of the others
    assert state.waiting == 2

    watching.finished(report(submission=named("ada")[0]), cached=False)
    watching.finished(report(submission=named("bob")[0]), cached=True)
    state = watching.state()
    assert (state.finished, state.waiting, state.running) == (2, 1, ())
    assert [one.id for one in state.latest] == ["bob", "ada"]
    assert state.latest[0].cached
    assert state.left == "about 1 min"

    watching.finished(report(submission=named("eve")[0]), cached=True)
    assert watching.state().left == ""
    assert not watching.state().over
    watching.end()
    assert watching.state().over


def test_curves_stay_until_a_further_training_begins() -> None:
    clock = Clock()
    watching = Watching(named("ada"), 1, clock)
    watching.stage("ada", "training")
    watching.progress("ada", Progress(1, 100, b""))
    clock.now = 100
    watching.progress("ada", Progress(99, 100, history({})))
    watching.stage("ada", "replaying")
    (ada,) = watching.state().running
    assert (ada.stage, ada.step, ada.epochs) == ("replaying", 99, 1)
    watching.stage("ada", "training, seed 2028")
    (ada,) = watching.state().running
    assert (ada.step, ada.epochs, ada.left) == (0, 0, "")
    assert ada.running_for == "2 min"


def test_a_training_that_just_began_does_not_say_how_long_it_will_take() -> None:
    clock = Clock()
    watching = Watching(named("ada"), 1, clock)
    watching.stage("ada", "training")
    watching.progress("ada", Progress(1, 1000, b""))
    clock.now = 60
    watching.progress("ada", Progress(2, 1000, b""))
    assert watching.state().left == ""


def test_rejected_ones_say_nothing_of_those_that_are_trained() -> None:
    clock = Clock()
    watching = Watching(named("ada", "bob"), 1, clock)
    watching.stage("ada", "checks")
    clock.now = 1
    watching.finished(report(REJECTED, named("ada")[0]), cached=False)
    assert watching.state().left == ""


def test_names_are_shown_short_and_without_what_is_unseen() -> None:
    submission = dataclasses.replace(SUBMISSION, id="long" * 60, name="a\u202eb\n\x1b[31mc")
    watching = Watching([submission], 1)
    watching.stage(submission.id, "training")
    (running,) = watching.state().running
    watching.finished(report(submission=submission), cached=False)
    (finished,) = watching.state().latest
    for shown in (running, finished):
        assert shown.id == submission.id
        assert len(shown.shown_id) < 100
        assert shown.name == "a\N{REPLACEMENT CHARACTER}b c"


def test_a_state_is_whole_while_threads_go_on() -> None:
    submissions = named(*(f"s{n}" for n in range(200)))
    watching = Watching(submissions, 4)
    reports = [report(submission=one) for one in submissions]

    def grade(part: Sequence[Report]) -> None:
        for one in part:
            watching.stage(one.submission.id, "training")
            watching.progress(one.submission.id, Progress(1, 2, history({})))
            watching.finished(one, cached=False)

    threads = [threading.Thread(target=grade, args=(reports[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        state = watching.state()
        assert state.finished + state.waiting + len(state.running) == 200
    assert watching.state().finished == 200


# The page


@dataclasses.dataclass
class Served:
    """A live page, and what it is told."""

    page: LivePage
    site: Site
    watching: Watching
    out: Path

    @property
    def port(self) -> int:
        return urlsplit(self.page.address).port or 0

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, str]:
        """Ask for a path below the token."""
        return self.ask_all(f"/{self.site.token}/{path}", method, **headers)

    def ask_all(self, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response, body


def class_page(reports: Sequence[Report]) -> bytes:
    return f"<p>{len(reports)} so far</p>".encode()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("autograder.watch_server._WATCHED_WITHIN_S", -1.0)  # no farewell
    watching = Watching(named("ada", "bob", "été 1"), 2)
    site = Site(watching, f"Signs {HOSTILE}", tmp_path, class_page)
    with LivePage(site) as page:
        yield Served(page, site, watching, tmp_path)


def write_report(served: Served, submission_id: str) -> None:
    folder = served.out / "submissions" / submission_id
    folder.mkdir(parents=True)
    (folder / "report.html").write_text(f"the report of {submission_id}", encoding="utf-8")
    (folder / "report.json").write_text("{}", encoding="utf-8")


def finish(served: Served, submission_id: str) -> None:
    write_report(served, submission_id)
    served.watching.finished(report(submission=named(submission_id)[0]), cached=False)


def test_the_live_page_runs_our_script_alone_and_shows_texts_as_texts(served: Served) -> None:
    response, page = served.ask("")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = response.headers["Content-Security-Policy"]
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert len(nonce) >= 16
    assert page.count("<script") == page.count(f'<script nonce="{nonce}"') == 1
    assert "unsafe" not in policy
    assert HOSTILE not in page
    assert "Signs &lt;/script&gt;" in page
    assert "http://" not in page
    assert "https://" not in page


def test_a_page_asked_for_twice_has_another_nonce(served: Served) -> None:
    one, other = served.ask("")[0], served.ask("")[0]
    assert one.headers["Content-Security-Policy"] != other.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "state.json", "index.html", "no-such-page"])
def test_every_answer_is_kept_from_other_pages_and_from_the_disk(served: Served, path: str) -> None:
    headers = served.ask(path)[0].headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Python" not in headers["Server"]


def test_the_state_is_told_as_json(served: Served) -> None:
    served.watching.stage("ada", "training")
    served.watching.progress("ada", Progress(5, 10, history({"loss": float("inf")})))
    response, text = served.ask("state.json")
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    state = json.loads(text, parse_constant=pytest.fail)
    assert (state["total"], state["waiting"]) == (3, 2)
    assert state["running"][0]["id"] == "ada"
    assert state["running"][0]["curves"]["loss"] == [None]


@pytest.mark.parametrize(
    "path",
    [
        "/", "/state.json", "/wrong/", "/wrong/state.json", "//state.json", "/%00/", "/é/",
        "/?token={token}", "/x/{token}/", "*",
    ],
)  # fmt: skip
def test_without_its_token_there_is_nothing(served: Served, path: str) -> None:
    asked = quote(path.format(token=served.site.token), safe="/%*?=:")
    response, body = served.ask_all(asked)
    assert response.status == 404
    assert served.site.token not in body


def test_a_token_is_long_and_never_the_same(tmp_path: Path) -> None:
    tokens = {Site(Watching([], 1), "", tmp_path, class_page).token for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) >= 32 for token in tokens)


def test_an_address_that_lost_its_last_slash_leads_to_the_page(served: Served) -> None:
    response, _ = served.ask_all(f"/{served.site.token}")
    assert response.status == 308
    assert response.headers["Location"] == f"/{served.site.token}/"


def test_it_answers_to_its_own_name_only(served: Served) -> None:
    assert served.ask("state.json", Host=f"localhost:{served.port}")[0].status == 200
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1", "127.0.0.1:1", ""):
        response, body = served.ask("state.json", Host=host)
        assert response.status == 421
        assert "total" not in body


def test_a_request_that_names_no_host_or_two_is_refused(served: Served) -> None:
    for hosts in ("", f"Host: localhost:{served.port}\r\n" * 2):
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
            request = f"GET /{served.site.token}/state.json HTTP/1.1\r\n{hosts}\r\n"
            connection.sendall(request.encode())
            assert b" 421 " in connection.makefile("rb").readline()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(served: Served, method: str) -> None:
    response, body = served.ask("state.json", method)
    assert response.status == 501
    assert body == "Refused.\n"


def test_a_head_request_gets_the_heading_alone(served: Served) -> None:
    response, body = served.ask("", "HEAD")
    assert response.status == 200
    assert int(response.headers["Content-Length"]) > 1000
    assert body == ""


@pytest.mark.parametrize("submission_id", ["ada", "été 1"])
def test_a_report_can_be_read_once_it_is_written_and_runs_no_script(
    served: Served, submission_id: str
) -> None:
    path = f"submissions/{quote(submission_id)}/report.html"
    write_report(served, submission_id)
    assert served.ask(path)[0].status == 404  # of an earlier batch, and about to be replaced
    served.watching.finished(report(submission=named(submission_id)[0]), cached=True)
    response, page = served.ask(path)
    assert page == f"the report of {submission_id}"
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox;" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "submissions/eve/report.html", "submissions/../report.html", "submissions/ada/report.json",
        "submissions/%2e%2e/report.html", "submissions/ada%2f..%2fada/report.html",
        "submissions/ada/../../secret.txt", "submissions//report.html", "submissions/ada/",
        "submissions/./ada/report.html", "secret.txt", "../secret.txt", "%2e%2e/secret.txt",
    ],
)  # fmt: skip
def test_no_path_leads_to_another_file(served: Served, path: str) -> None:
    finish(served, "ada")
    write_report(served, "eve")
    (served.out / "secret.txt").write_text("secret", encoding="utf-8")
    (served.out / "report.html").write_text("secret", encoding="utf-8")
    response, body = served.ask(path)
    assert response.status == 404
    assert "secret" not in body


def test_the_class_page_shows_those_graded_so_far_and_in_the_end_what_was_written(
    served: Served,
) -> None:
    assert served.ask("index.html")[1] == "<p>0 so far</p>"
    finish(served, "ada")
    assert served.ask("index.html")[1] == "<p>1 so far</p>"
    (served.out / "index.html").write_text("all of them", encoding="utf-8")
    assert served.ask("index.html")[1] == "<p>1 so far</p>"
    (served.out / "similar.html").write_text("alike", encoding="utf-8")
    assert served.ask("similar.html")[0].status == 404  # of an earlier batch
    served.watching.end()
    assert served.ask("index.html")[1] == "all of them"
    assert served.ask("similar.html")[1] == "alike"


def test_a_class_page_is_drawn_once_for_the_same_reports(tmp_path: Path) -> None:
    drawn = []

    def draw(reports: Sequence[Report]) -> bytes:
        drawn.append(len(reports))
        return b""

    watching = Watching(named("ada"), 1)
    site = Site(watching, "", tmp_path, draw)
    path = f"/{site.token}/index.html"
    for _ in range(3):
        site.answer(path)
    watching.finished(report(), cached=False)
    site.answer(path)
    assert drawn == [0, 1]


def test_a_page_that_cannot_be_drawn_ends_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.watch_server._WATCHED_WITHIN_S", -1.0)

    def draw(reports: Sequence[Report]) -> bytes:
        raise ValueError(len(reports))

    watching = Watching(named("ada"), 1)
    site = Site(watching, "", tmp_path, draw)
    with LivePage(site) as page:
        broken = Served(page, site, watching, tmp_path)
        response, body = broken.ask("index.html")
        assert response.status == 500
        assert "ValueError" not in body
        assert broken.ask("state.json")[0].status == 200
    assert capfd.readouterr() == ("", "")


def test_browsers_that_hang_up_or_talk_nonsense_disturb_nobody(
    served: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    for said in (b"", b"GET", b"\x16\x03\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"x" * 100_000):
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(said)
    assert served.ask("state.json")[0].status == 200
    assert capfd.readouterr() == ("", "")


def test_connections_that_say_nothing_use_up_no_more_than_their_share(served: Served) -> None:
    silent = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(60)]
    time.sleep(0.2)
    assert sum("process_request" in thread.name for thread in threading.enumerate()) <= 40
    for connection in silent:
        connection.close()
    for _ in range(50):
        try:
            assert served.ask("state.json")[0].status == 200
        except (http.client.HTTPException, OSError):
            time.sleep(0.1)  # it is still told that they hung up
        else:
            return
    pytest.fail("no connection was given back")


def test_connections_that_never_stop_talking_are_hung_up_on(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another user of the machine might, to keep the page from whom it is for."""
    monkeypatch.setattr("autograder.watch_server._LONGEST_CONNECTION_S", 0.5)
    talkers = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(40)]
    for talker in talkers:
        with contextlib.suppress(OSError):  # refused: it is one too many
            talker.sendall(b"GET / HTTP/1.1\r\n")
    until = time.monotonic() + 8
    ended = set[int]()
    while len(ended) < len(talkers) and time.monotonic() < until:
        time.sleep(0.05)
        for number, talker in enumerate(talkers):
            try:
                talker.sendall(b"a")
            except OSError:
                ended.add(number)
    for talker in talkers:
        talker.close()
    assert len(ended) == len(talkers)
    assert served.ask("state.json")[0].status == 200


def test_many_can_ask_at_once(served: Served) -> None:
    statuses: list[int] = []

    def ask() -> None:
        statuses.extend(served.ask(path)[0].status for path in ("", "state.json", "index.html"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 24


def test_it_listens_to_this_machine_alone(served: Served) -> None:
    assert served.page.address.startswith("http://127.0.0.1:")
    with pytest.raises(OSError, match=r"."), socket.socket() as other:
        other.bind(("127.0.0.1", served.port))


# The end


def test_it_ends_at_once_if_nobody_looks(tmp_path: Path) -> None:
    watching = Watching(named("ada"), 1)
    began = time.monotonic()
    with LivePage(Site(watching, "", tmp_path, class_page)):
        watching.end()
    assert time.monotonic() - began < 2


def test_it_waits_for_an_open_page_to_hear_of_the_end(tmp_path: Path) -> None:
    watching = Watching(named("ada"), 1)
    site = Site(watching, "", tmp_path, class_page)
    heard: list[bool] = []

    def look(served: Served) -> None:
        while not any(heard):
            heard.append(json.loads(served.ask("state.json")[1])["over"])
            time.sleep(0.3)

    with LivePage(site) as page:
        ended = Served(page, site, watching, tmp_path)
        looking = threading.Thread(target=look, args=(ended,))
        looking.start()
        time.sleep(0.5)
        watching.end()
    looking.join()
    assert heard[-1]
    with pytest.raises(ConnectionRefusedError):
        ended.ask("state.json")


def test_a_page_that_no_longer_asks_is_not_waited_for_long(tmp_path: Path) -> None:
    watching = Watching(named("ada"), 1)
    site = Site(watching, "", tmp_path, class_page)
    with LivePage(site) as page:
        Served(page, site, watching, tmp_path).ask("state.json")
        watching.end()
        began = time.monotonic()
    assert time.monotonic() - began < 6


def test_an_error_is_not_kept_waiting(tmp_path: Path) -> None:
    watching = Watching(named("ada"), 1)
    site = Site(watching, "", tmp_path, class_page)
    began = time.monotonic()
    page = LivePage(site)
    page.__enter__()
    Served(page, site, watching, tmp_path).ask("state.json")
    page.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert time.monotonic() - began < 2
