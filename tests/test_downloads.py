"""Downloads from a server of our own, which may be of any kind."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from autograder import downloads
from autograder.cli import run
from autograder.downloads import Download, FetchError, fetch, is_there

CONTENT = bytes(range(256)) * 4000
FILE = Download("signs.zip", len(CONTENT), hashlib.md5(CONTENT).hexdigest())


@dataclass
class Server:
    """What the server does, and what it was asked.

    Attributes:
        files: Contents by name.
        cuts: After how many bytes it ends the next answers.
        statuses: With what it answers the next requests instead.
        knows_ranges: Whether it can go on in the middle.
        says_length: Whether it says how long a file is.
        length: What it says instead; empty for the truth.
        ranges: The Range header of each request.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=lambda: {FILE.name: CONTENT})
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    says_length: bool = True
    length: str = ""
    ranges: list[str | None] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.ranges.append(asked)
            content = state.files.get(self.path.rpartition("/")[2])
            status = state.statuses.pop(0) if state.statuses else 200 if content else 404
            start = 0
            if content and asked and state.knows_ranges and status == 200:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                status = 206 if start < len(content) else 416
            self.send_response(status)
            body = (content or b"")[start:] if status < 300 else b"<html>no</html>"
            if state.says_length:
                self.send_header("Content-Length", state.length or str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # who has heard enough hangs up
                self.wfile.write(body[: state.cuts.pop(0)] if state.cuts else body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        state.url = f"http://127.0.0.1:{http.server_port}/archives/"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield state
        http.shutdown()
        thread.join()


def get(server: Server, folder: Path, download: Download = FILE) -> Path:
    return fetch(download, server.url, folder, wait_s=0)


def test_a_file_is_fetched_whole(server: Server, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    path = fetch(FILE, server.url, tmp_path / "new", lambda *args: told.append(args))
    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == [FILE.name]
    assert told[-1][:2] == (1000, 1000)
    assert is_there(FILE, path.parent)


def test_a_cut_connection_is_taken_up_where_it_ended(server: Server, tmp_path: Path) -> None:
    server.cuts = [300_000, 0, 1]
    assert get(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=300000-", "bytes=300001-"]


def test_a_later_command_goes_on(server: Server, tmp_path: Path) -> None:
    (tmp_path / "signs.zip.part").write_bytes(CONTENT[:1000])
    assert get(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-"]


def test_a_server_that_knows_no_ranges_begins_anew(server: Server, tmp_path: Path) -> None:
    server.knows_ranges = False
    server.cuts = [5000]
    assert get(server, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=5000-"]


@pytest.mark.parametrize("rest", [b"something else", CONTENT + b"more", bytes(len(CONTENT))])
def test_what_lay_there_before_may_have_been_anything(
    server: Server, tmp_path: Path, rest: bytes
) -> None:
    (tmp_path / "signs.zip.part").write_bytes(rest)
    assert get(server, tmp_path).read_bytes() == CONTENT


def test_connections_that_bring_nothing_end_after_a_while(server: Server, tmp_path: Path) -> None:
    server.cuts = [10] + [0] * 50
    with pytest.raises(FetchError, match="5 times in a row"):
        get(server, tmp_path)
    assert (tmp_path / "signs.zip.part").read_bytes() == CONTENT[:10]
    assert not (tmp_path / "signs.zip").exists()


def test_a_server_that_always_begins_anew_and_never_ends_is_given_up(
    server: Server, tmp_path: Path
) -> None:
    server.knows_ranges = False
    server.cuts = [5000, 3000] * 50
    with pytest.raises(FetchError, match="5 times in a row"):
        get(server, tmp_path)


def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.statuses = [503, 500]
    assert get(server, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("says_length", [True, False])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>please log in</html>", "26 bytes, not the one|shorter than the file"),
        (CONTENT + b"x", "longer than the file|not the one"),
        (CONTENT[:-1] + b"x", "is not the file that was published: MD5"),
    ],
)
def test_another_file_is_not_taken(
    server: Server, tmp_path: Path, content: bytes, words: str, says_length: bool
) -> None:
    server.files[FILE.name], server.says_length = content, says_length
    with pytest.raises(FetchError, match=words):
        get(server, tmp_path)
    assert not (tmp_path / "signs.zip").exists()


@pytest.mark.parametrize("length", ["9" * 5000, "123"])
def test_a_length_may_be_any_number(server: Server, tmp_path: Path, length: str) -> None:
    server.length = length
    with pytest.raises(FetchError, match=r"the server has a file of [\d,]+ bytes"):
        get(server, tmp_path)


def test_what_is_not_there_is_said_at_once(server: Server, tmp_path: Path) -> None:
    server.files.clear()
    with pytest.raises(FetchError, match="404 Not Found"):
        get(server, tmp_path)
    assert len(server.ranges) == 1


def refusing_url() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.mark.parametrize("url", ["file:///etc/", "ftp://example.org/", "signs"])
def test_only_the_web_is_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(FetchError, match="expected an address"):
        fetch(FILE, url, tmp_path)


def test_a_folder_that_cannot_be_written_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match="cannot be written"):
        get(server, tmp_path / "file" / "below")


def test_the_command_fetches_what_is_missing_and_says_what_is_next(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = Download("other.zip", 3, hashlib.md5(b"abc").hexdigest())
    monkeypatch.setattr("autograder.commands.data_fetch.GTSRB", (FILE, other))
    server.files["other.zip"] = b"abc"
    (tmp_path / "other.zip").write_bytes(b"abc")
    command = ["data", "fetch", "gtsrb", "--to", str(tmp_path), "--from", server.url]
    assert run(command) == 0
    printed = capsys.readouterr().out
    assert f"signs.zip: {len(CONTENT):,} bytes, MD5 {FILE.md5}" in printed
    assert "other.zip: there already" in printed
    assert f"autograder data import {tmp_path}" in printed
    assert len(server.ranges) == 1


def test_without_a_network_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograder.downloads.time.sleep", lambda _: None)
    url = refusing_url()
    assert run(["data", "fetch", "gtsrb", "--to", str(tmp_path / "x"), "--from", url]) == 2
    error = capsys.readouterr().err
    assert "no connection" in error
    for archive in downloads.GTSRB:
        assert f"{archive.name} ({archive.size:,} bytes, MD5 {archive.md5})" in error
    assert f"autograder data import {tmp_path / 'x'}" in error
    assert "Traceback" not in error
