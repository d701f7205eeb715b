"""What a job prints: a line from the job straight to the grader, which keeps the other end of it.

The zygote never reads it, since its memory is inherited by every other job. It is a socket, not a
pipe: a job could open its end of a pipe again for reading, by way of /proc, and take back what it
printed.
"""

from __future__ import annotations

import os
import select
import socket
from types import TracebackType
from typing import Self

_HEAD, _TAIL = 96 << 10, 32 << 10


class JobLog:
    """The first and the last of what came down the line. A context manager."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._read_end, self._write_end = ours.detach(), theirs.detach()
        os.set_blocking(self._read_end, False)
        self._head, self._tail = bytearray(), bytearray()
        self.total = 0
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close_write_end()
        os.close(self._read_end)

    @property
    def write_end(self) -> int:
        """The descriptor to hand to the job."""
        return self._write_end

    def close_write_end(self) -> None:
        """Let go of our copy, so that the line ends with the job."""
        if self._write_end >= 0:
            os.close(self._write_end)
            self._write_end = -1

    def read(self, timeout_s: float) -> None:
        """Take in what there is; wait at most so long for something or the end."""
        if not self.ended and select.select([self._read_end], [], [], timeout_s)[0]:
            self._add(os.read(self._read_end, 1 << 16))

    def drain(self) -> None:
        """Take in the rest, once the job has ended."""
        before = -1
        while not self.ended and before != self.total:
            before = self.total
            self.read(0)

    def _add(self, chunk: bytes) -> None:
        self.ended = not chunk
        self.total += len(chunk)
        room = max(0, _HEAD - len(self._head))
        self._head += chunk[:room]
        self._tail = (self._tail + chunk[room:])[-_TAIL:]

    def content(self) -> bytes:
        """Return what was kept, with a mark where something is missing."""
        gap = self.total - len(self._head) - len(self._tail)
        mark = f"\n[… {gap} bytes left out …]\n".encode() if gap else b""
        return bytes(self._head) + mark + bytes(self._tail)
