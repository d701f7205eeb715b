"""Puts pages together from what lies in a results folder, one after the other or side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from autograder.class_pictures import Pictures, from_npz
from autograder.errors import AutograderError, InternalError, ResultsError
from autograder.evidence import Evidence
from autograder.reports.files import write_whole
from autograder.reports.report import Report
from autograder.results import read_report

CLASSES_FILE = "classes.npz"
EVIDENCE_FILE = "evidence.npz"
PAGE_FILE = "report.html"
CLASS_PAGE_FILE = "index.html"
ANONYMOUS_PAGE_FILE = "anonymous.html"
_SMALL_BATCH = 8  # not worth starting processes for


class Publisher:
    """Draws pages of reports; threads may share it.

    Args:
        signs: One picture a class, or None.
    """

    def __init__(self, signs: Pictures | None) -> None:
        self._signs = signs
        self._drawing = threading.Lock()  # Matplotlib is not made for several threads

    def draw(self, report: Report, evidence: Evidence, log: bytes) -> bytes:
        """Return the page of a report as HTML, UTF-8."""
        from autograder.pages.student import render_student_page

        words = log.decode("utf-8", "replace")
        with self._drawing:
            page = render_student_page(report, evidence, self._signs, words)
        return page.encode("utf-8", "replace")

    def redraw(self, report: Report, folder: Path) -> bytes:
        """Return the same from what lies beside an earlier report.

        Raises:
            ResultsError: A file there is damaged or cannot be read.
        """
        return self.draw(report, _evidence(folder), _content(folder / "job.log") or b"")


def read_signs(out: Path) -> Pictures | None:
    """Return the pictures of classes in a results folder; None if it has none.

    Raises:
        ResultsError: They are damaged or cannot be read.
    """
    content = _content(out / CLASSES_FILE)
    try:
        return None if content is None else from_npz(content)
    except ValueError as error:
        raise _damaged(out / CLASSES_FILE, error) from error


def write_class_page(
    out: Path,
    reports: Sequence[Report],
    similar: Mapping[str, Sequence[str]],
    *,
    anonymous: bool = False,
) -> Path:
    """Write the page of the whole class; return where.

    Raises:
        ResultsError: The disk refused, or the pictures of classes are damaged.
    """
    path = out / (ANONYMOUS_PAGE_FILE if anonymous else CLASS_PAGE_FILE)
    write_whole(path, draw_class_page(out, reports, similar, anonymous=anonymous))
    return path


def draw_class_page(
    out: Path,
    reports: Sequence[Report],
    similar: Mapping[str, Sequence[str]],
    *,
    anonymous: bool = False,
) -> bytes:
    """Return the page of the whole class as HTML, UTF-8.

    Raises:
        ResultsError: The pictures of classes are damaged.
    """
    from autograder.pages.class_page import render_class_page

    page = render_class_page(reports, read_signs(out), similar=similar, anonymous=anonymous)
    return page.encode("utf-8", "replace")


def redraw_all(out: Path, ids: Sequence[str], processes: int) -> Iterator[str]:
    """Draw the page of each submission again; yield the ids as they are done, in their order.

    Raises:
        ResultsError: A file is missing or damaged, or the disk refused.
        InternalError: A page could not be drawn.
    """
    redraw = partial(_redraw, read_signs(out), out)
    if processes == 1 or len(ids) <= _SMALL_BATCH:
        yield from map(redraw, ids)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from _in_order(pool.map(redraw, ids, chunksize=_SMALL_BATCH), pool)


def _in_order(done: Iterable[str], pool: ProcessPoolExecutor) -> Iterator[str]:
    try:
        yield from done
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise


def _redraw(signs: Pictures | None, out: Path, submission_id: str) -> str:
    folder = out / "submissions" / submission_id
    write_whole(folder / PAGE_FILE, _page(Publisher(signs), folder))
    return submission_id


def _page(publisher: Publisher, folder: Path) -> bytes:
    report = read_report(folder)
    try:
        return publisher.redraw(report, folder)
    except AutograderError:
        raise
    except Exception as error:  # out of hundreds of reports, say which
        said = f"{type(error).__name__}: {error}"
        raise InternalError(f"{folder}: its page could not be drawn: {said}") from error


def _evidence(folder: Path) -> Evidence:
    content = _content(folder / EVIDENCE_FILE)
    try:
        return Evidence() if content is None else Evidence.from_npz(content)
    except ValueError as error:
        raise _damaged(folder / EVIDENCE_FILE, error) from error


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error.strerror or error}") from error


def _damaged(path: Path, error: Exception) -> ResultsError:
    return ResultsError(
        f"{path}: damaged ({error}); delete it, or delete its folder and grade again"
    )
