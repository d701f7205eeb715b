"""Results on disk: whole, resumable, never two writers.

::

    results/
    ├── .autograder.json                 version of this layout
    ├── .autograder.lock                 held while grading; the kernel frees it, even after kill -9
    ├── classes.npz                      a picture of each class, for the pages
    └── submissions/<id>/
        ├── report.html                  to the student
        ├── feedback.md                  the same in short, as text
        ├── job.log                      what the jobs printed
        ├── sealed.log                   what a job printed beside the holdout: for staff alone
        ├── submission.zip               what was handed in, as copies.py packs it
        ├── evidence.npz                 pictures and arrays that report.html is drawn from
        └── report.json                  written last: where it stands, the rest is complete
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Self

from autograder.errors import InternalError, ResultsError
from autograder.models import Verdict
from autograder.reports.files import remove, temporary, write_whole
from autograder.reports.report import Report

LAYOUT_VERSION = 1
_BESIDE_A_REPORT = frozenset(
    {"report.html", "feedback.md", "job.log", "sealed.log", "submission.zip", "evidence.npz"}
)
_SAYS_THE_SAME = frozenset({"report.html", "feedback.md"})
_LONGEST_ID_BYTES = 200
# Separators, drive letters and what Windows forbids.
_FORBIDDEN_IN_ID = frozenset('/\\:<>"|?*')


def cache_key(  # noqa: PLR0913 - a part that a caller forgets has to be a type error
    *,
    submission_sha256: str,
    rules_digest: str,
    dataset_fingerprint: str,
    holdout_sha256: str,
    environment_fingerprint: str,
    checks_digest: str,
    isolation: str,
    harness_version: str,
) -> str:
    """Return a SHA-256 hex digest over everything that grading a submission depends on.

    Args:
        submission_sha256: Over names and contents of what was handed in.
        rules_digest: Of the config; without `late`, so that an extension needs no new training
            (`autograder.reports.build.restate` brings a cached report up to date).
        dataset_fingerprint: Of the public images.
        holdout_sha256: Of the holdout.
        environment_fingerprint: `Environment.sha256`.
        checks_digest: Over the instructor's check files.
        isolation: A score from outside the sandbox must not stand in for one from inside.
        harness_version: Of this package.
    """
    parts = (
        submission_sha256,
        rules_digest,
        dataset_fingerprint,
        holdout_sha256,
        environment_fingerprint,
        checks_digest,
        isolation,
        harness_version,
    )
    digest = hashlib.sha256(b"autograder cache key 1")
    for part in map(str.encode, parts):
        # The length keeps ("ab", "c") and ("a", "bc") apart.
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


class Store:
    """A results folder. Enter it to write: ``with Store(out) as store: ...``.

    Entering makes the folder, locks it, and clears what a killed run left half-written. Threads
    of one process may write different submissions at the same time.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._held: ExitStack | None = None

    def __enter__(self) -> Self:
        """Take the folder into use.

        Raises:
            ResultsError: It is no folder, cannot be written, is in use by another grading, or
                belongs to a newer version of this program.
        """
        with ExitStack() as held:
            try:
                (self._out / "submissions").mkdir(parents=True, exist_ok=True)
                lock = held.enter_context((self._out / ".autograder.lock").open("ab"))
            except (FileExistsError, NotADirectoryError):
                raise ResultsError(
                    f"{self._out} cannot hold results: a file stands where a folder should"
                ) from None
            except OSError as error:
                raise ResultsError(
                    f"cannot write to {self._out}: {error.strerror or error}; "
                    "change its permissions, or choose another results folder"
                ) from error
            self._lock(lock)
            self._check_version()
            self._clear_leftovers()
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def write(self, report: Report, files: Mapping[str, bytes]) -> None:
        """Store the result of one submission in place of any earlier one.

        Args:
            report: The submission's id in it names the folder.
            files: What belongs beside it, by name.

        Raises:
            ResultsError: The disk refused.
            InternalError: The store was not entered, or the submission's id is no folder name.
        """
        self._write(report, files, outdated=_BESIDE_A_REPORT - set(files))

    def rewrite(self, report: Report, files: Mapping[str, bytes]) -> None:
        """Store a report that was restated; what its grading left stays.  Raises as `write`.

        A page goes if it was not drawn again: it would say what no longer holds.
        """
        self._write(report, files, outdated=_SAYS_THE_SAME - set(files))

    def _write(
        self, report: Report, files: Mapping[str, bytes], outdated: AbstractSet[str]
    ) -> None:
        if self._held is None:
            raise InternalError("the results folder is written without being locked")
        folder = self.folder(report.submission.id)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ResultsError(f"cannot write {folder}: {error.strerror or error}") from error
        # Until the new report stands, there must be none that vouches for the new files.
        remove(folder / "report.json")
        for name in outdated:
            remove(folder / name)
        for name, content in files.items():
            write_whole(folder / name, content)
        write_whole(folder / "report.json", report.to_json().encode())

    def load(self, submission_id: str, key: str) -> Report | None:
        """Return an earlier result that still holds; None if there is none.

        None holds if it is missing, broken, of another version, graded under another cache key,
        or ended in INTERNAL_ERROR: those are graded again.
        """
        try:
            text = (self.folder(submission_id) / "report.json").read_text(encoding="utf-8")
            report = Report.from_json(text)
        except (OSError, ValueError):
            return None
        holds = report.cache_key == key and report.verdict is not Verdict.INTERNAL_ERROR
        return report if holds and report.submission.id == submission_id else None

    def folder(self, submission_id: str) -> Path:
        """Return where the result of a submission is.

        Raises:
            InternalError: Its id is no folder name.
        """
        if not _is_safe_id(submission_id):
            raise InternalError(f"not usable as a folder name: {submission_id!r}")
        return self._out / "submissions" / submission_id

    def _lock(self, file: IO[bytes]) -> None:
        try:
            _lock_or_fail(file)
        except (BlockingIOError, PermissionError):
            raise ResultsError(
                f"another grading is writing to {self._out}; "
                "wait for it to end, or choose another results folder"
            ) from None
        except OSError as error:
            raise ResultsError(
                f"cannot lock {self._out}: {error.strerror or error}; "
                "choose a results folder on a local disk"
            ) from error

    def _check_version(self) -> None:
        marker = self._out / ".autograder.json"
        ours = json.dumps({"layout_version": LAYOUT_VERSION})
        if not marker.exists():
            write_whole(marker, ours.encode())
            return
        try:
            version = json.loads(marker.read_text(encoding="utf-8"))["layout_version"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            raise ResultsError(
                f"{marker} is damaged; choose another results folder, or delete this one"
            ) from None
        if version != LAYOUT_VERSION:
            raise ResultsError(
                f"{self._out} was written by another version of autograder (layout {version}, "
                f"this one writes {LAYOUT_VERSION}); update autograder, or choose another folder"
            )

    def _clear_leftovers(self) -> None:
        pattern = temporary(Path("*")).name
        for folder in (self._out, *(self._out / "submissions").iterdir()):
            for leftover in folder.glob(pattern):
                remove(leftover)


def _is_safe_id(submission_id: str) -> bool:
    return (
        submission_id.isprintable()
        and not _FORBIDDEN_IN_ID & set(submission_id)
        and not submission_id.startswith((".", " "))
        and not submission_id.endswith((".", " "))
        and 0 < len(submission_id.encode("utf-8", "replace")) <= _LONGEST_ID_BYTES
    )


def _lock_or_fail(file: IO[bytes]) -> None:
    """Take a lock that lasts until the file is closed, or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
