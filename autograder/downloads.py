"""Downloads that may be cut off, and are believed only once their checksum is right.

What has come so far lies in ``<name>.part``; the next try asks for the rest (HTTP Range, RFC 9110).
"""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from autograder.errors import DatasetError

Progress = Callable[[int, int, str], None]

_CHUNK_BYTES = 1 << 18
_SILENCE_S = 30
_TRIES = 5
_WAIT_S = 0.5


@dataclass(frozen=True)
class Download:
    """A file as it was published.

    Attributes:
        name: Of the file.
        size: In bytes.
        md5: Hex digest. It tells damage, not malice: who has the archive is who we ask for it.
    """

    name: str
    size: int
    md5: str


# The archive that the benchmark's authors (INI, Ruhr-Universität Bochum) point to. They publish no
# checksums; these are what others who read the same files have written down, all alike.
GTSRB_URL = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"
GTSRB = (
    Download("GTSRB_Final_Training_Images.zip", 276_294_756, "f33fd80ac59bff73c82d25ab499e03a3"),
    Download("GTSRB_Final_Test_Images.zip", 88_978_620, "c7e4e6327067d32654124b0fe9e82185"),
    Download("GTSRB_Final_Test_GT.zip", 99_620, "fe31e9c9270bbcd7b84b7f21a9d9d9e5"),
)


class FetchError(DatasetError):
    """A file could not be had; says why."""


class _CutError(Exception):
    """The connection ended early; another try may get the rest."""


def is_there(download: Download, folder: Path) -> bool:
    """Whether a file was fetched before, and is whole."""
    path = folder / download.name
    return path.is_file() and path.stat().st_size == download.size and _md5(path) == download.md5


def fetch(
    download: Download,
    url: str,
    folder: Path,
    progress: Progress | None = None,
    wait_s: float = _WAIT_S,
) -> Path:
    """Download a file, or the rest of it, and return where it is.

    Args:
        download: What to expect.
        url: Of the folder that it is in; http or https.
        folder: Where to put it.
        progress: Told (done, total, what), in KiB.
        wait_s: Before the second try; doubled for each that follows.

    Raises:
        FetchError: It cannot be had, or is not what it should be.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise FetchError(f"{url}: expected an address that begins with https:// or http://")
    part = folder / f"{download.name}.part"
    address = f"{url.rstrip('/')}/{download.name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        resumed = part.is_file()
        _try_often(download, address, part, progress, wait_s)
        if _md5(part) != download.md5 and resumed:  # what lay there may have been something else
            part.unlink()
            _try_often(download, address, part, progress, wait_s)
        found = _md5(part)
        if found != download.md5:
            part.unlink()
            raise FetchError(
                f"{address}: is not the file that was published: MD5 {found}, expected "
                f"{download.md5}"
            )
        return part.replace(folder / download.name)
    except OSError as error:
        raise FetchError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _try_often(
    download: Download, address: str, part: Path, progress: Progress | None, wait_s: float
) -> None:
    """Get the rest of a file; as long as tries bring anything new, there is no last one."""
    failures, most = 0, _size(part)
    while _size(part) < download.size:
        try:
            _get_rest(download, address, part, progress)
        except _CutError as error:
            failures = 1 if _size(part) > most else failures + 1
            most = max(most, _size(part))
            if failures >= _TRIES:
                raise FetchError(f"{address}: {error}, {_TRIES} times in a row") from error
            time.sleep(wait_s * 2 ** (failures - 1))


def _get_rest(download: Download, address: str, part: Path, progress: Progress | None) -> None:
    """Ask once for what is missing.

    Raises:
        _CutError: Not all of it came.
        FetchError: It will never come.
    """
    had = _size(part)
    # Packed on the way, bytes could not be counted.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={had}-"} if had else {})
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - see fetch()
    try:
        with urllib.request.urlopen(request, timeout=_SILENCE_S) as answer:  # noqa: S310
            if answer.status != http.client.PARTIAL_CONTENT:
                had = 0  # the server begins anew
            _refuse_other_size(download, address, had, answer.headers.get("Content-Length"))
            _write(answer, part, had, download, progress)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and had:
            part.unlink()
            raise FetchError(f"{address}: shorter than the file that was published") from error
        if error.code >= http.client.INTERNAL_SERVER_ERROR:
            raise _CutError(f"the server answers {error.code} {error.reason}") from error
        raise FetchError(f"{address}: the server answers {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise _CutError(f"no connection ({error.reason})") from error
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _CutError(f"the connection was lost ({error or type(error).__name__})") from error


def _refuse_other_size(download: Download, address: str, had: int, length: str | None) -> None:
    if length is None or not length.isdecimal():
        return
    found = had + int(length[:20])  # a server may claim any number
    if found != download.size:
        raise FetchError(
            f"{address}: the server has a file of {found:,} bytes, not the one of "
            f"{download.size:,} that was published"
        )


def _write(
    answer: http.client.HTTPResponse,
    part: Path,
    had: int,
    download: Download,
    progress: Progress | None,
) -> None:
    with part.open("r+b" if had else "wb") as file:
        file.seek(had)
        while chunk := answer.read(_CHUNK_BYTES):
            had += len(chunk)
            if had > download.size:
                raise FetchError(f"{answer.url}: longer than the file that was published")
            file.write(chunk)
            if progress:
                progress(had >> 10, download.size >> 10, f"{download.name}, KiB")
    if had < download.size:
        raise _CutError("the connection ended early")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
