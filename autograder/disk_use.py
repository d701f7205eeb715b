"""How much of a disk a job uses, where no file system of its own keeps count: of all its files.

Linked ones, deleted ones that it still has open, deleted ones that it maps. A job can tell that it
is being measured, by the times of its folders, and carry files from where nobody has looked yet to
where somebody just has. So now and then, when it cannot know, it is stopped while it is measured.

Does not cover: files that are reached in no way but a system call under way. No call that a job may
make (syscalls.py) waits for anybody while it holds a file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.namespaces import MAX_FILES

# One look of so many is at a job that stands still: about one a second.
_LOOKS_PER_STOP = 20
_STOPS_WITHIN_S = 0.02
# Those of an honest job take 0.2 MiB; without long names of files, no process comes to more.
_LONGEST_MAPS = 8 << 20
# Nested deeper than a path can be long, or closed to its owner: nobody honest does either.
_HIDDEN = (errno.ENAMETOOLONG, errno.EACCES)


class DiskUse:
    """What one job uses.

    Args:
        pid: Its process.
        folder: The only folder that it may write to.
        limit: Bytes that it may use.
    """

    def __init__(self, pid: int, folder: Path, limit: int) -> None:
        # As the kernel knows it.
        self._pid, self._folder, self._limit = pid, folder.resolve(), limit

    def is_too_much(self) -> bool:
        """Whether it uses more than it may, has too many files, or hides how many."""
        if secrets.randbelow(_LOOKS_PER_STOP):
            return self._look()
        with _standing_still(self._pid):
            return self._look()

    def _look(self) -> bool:
        if _maps_a_deleted_file(self._pid, self._folder):
            return True
        return _holds_more(self._folder, self._limit - _deleted_bytes(self._pid))


@contextlib.contextmanager
def _standing_still(pid: int) -> Iterator[None]:
    """Stop a process, so that nothing moves while it is looked at; not if it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    try:
        patience_ends = time.monotonic() + _STOPS_WITHIN_S
        while _runs(pid) and time.monotonic() < patience_ends:
            time.sleep(0.001)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _runs(pid: int) -> bool:
    """Whether a thread of a process may still do something."""
    for path in Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(OSError):
            # The name before it, in brackets, is the job's to choose.
            if path.read_bytes().rpartition(b") ")[2][:1] in b"RS":
                return True
    return False


def _holds_more(folder: Path, limit: int) -> bool:
    """Whether a folder holds more bytes than ``limit``, or too many files."""
    used = files = 0
    folders = [str(folder)]
    while folders and used <= limit:  # not os.walk, which would recurse as deep as the job nests
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    files += 1
                    if files > MAX_FILES:
                        return True
                    with contextlib.suppress(FileNotFoundError):  # removed under our eyes
                        used += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(entry.path)
        except OSError as error:
            if error.errno in _HIDDEN:
                return True
    return used > limit


def _deleted_bytes(pid: int) -> int:
    """Return the size of what a job has deleted and still holds open."""
    total = 0
    with contextlib.suppress(OSError):  # it has just ended
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                status = entry.stat()
                total += status.st_blocks * 512 if status.st_nlink == 0 else 0
    return total


def _maps_a_deleted_file(pid: int, folder: Path) -> bool:
    """Whether a job maps a file of its folder that it has deleted, so that no size can be had."""
    try:
        with Path(f"/proc/{pid}/maps").open("rb") as file:
            maps = file.read(_LONGEST_MAPS + 1)
    except OSError:
        return False  # it has just ended
    if len(maps) > _LONGEST_MAPS:
        return True
    own = b" " + os.fsencode(folder) + b"/"
    return any(line.endswith(b" (deleted)") and own in line for line in maps.splitlines())
